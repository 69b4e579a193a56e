// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string_view>

#include "Render/Convert.h"
#include "Render/GpuMeasures.h"
#include "Render/Renderer.h"
#include "Render/Replay.h"

namespace tableread::engine
{
/** What a subcommand needs of the process that it runs in; tests give it streams and a renderer of their own. */
struct Session
{
    std::function<std::unique_ptr<Renderer> (const LoadOptions&)> load;
    std::ostream& out;                // results: tables, JSON, raw samples
    std::ostream& err;                // progress, notes, errors
    int terminalColumns = 0;          // of `err`; 0: it is no terminal
    std::filesystem::path executable; // this program's file; the installed model lies beside it

    /** Compares with a golden; only where the engine itself is linked. */
    std::function<ReplayReport (const std::filesystem::path& folder, const ReplayOptions& options)>
        replay = {};

    /** Writes a checkpoint with other weights; only where the engine itself is linked. */
    std::function<ConvertReport (const ConvertRequest& request)> convert = {};

    /** Measures the GPU; empty without one. Only where the engine itself is linked. */
    std::function<std::optional<GpuMeasures>()> measureGpu = {};

    /** Chosen by the parsed command line: does the work. @returns the exit code. */
    std::function<int()> action = {};
};

/** Exit codes. Bad input of any kind is 2; a Ctrl-C is 130 as in a shell. */
inline constexpr int exitOk = 0, exitInternal = 1, exitBadInput = 2, exitBusy = 3;

/** Parses the arguments (without the program's name), runs the subcommand, and turns whatever it throws into one
    sentence on `err` and an exit code. */
int runCommandLine (const std::vector<std::string>& arguments, Session& session);
} // namespace tableread::engine
