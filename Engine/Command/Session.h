// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "Core/Error.h"
#include "Core/ExitCodes.h"
#include "Render/Convert.h"
#include "Render/GpuMeasures.h"
#include "Render/Renderer.h"
#include "Render/Replay.h"

namespace tableread
{
class TakeStore; // Take/Store/TakeStore.h
struct Settings; // Settings/Settings.h
} // namespace tableread

namespace tableread::engine
{
/** What a subcommand needs from its process; tests pass their own streams and renderer. */
struct Session
{
    std::function<std::unique_ptr<Renderer> (const LoadOptions&)> load; // empty in a program without Torch
    std::ostream& out;                                                  // results: tables, JSON, raw samples
    std::ostream& err;                                                  // progress, notes, errors
    int terminalColumns = 0;                                            // of `err`; 0: it is not a terminal
    std::filesystem::path executable; // this program's file; the installed model is found from it
    std::filesystem::path
        recordingReader = {}; // tableread-read-recording; empty: recordings are read in this process
    std::filesystem::path torchProgram = {}; // tableread-torch, which speaks for `batch`

    /** Continues as tableread-torch, which has the functions that this program lacks, and does not return; throws
        Exception. Empty: this program has them. */
    std::function<void()> continueWithTorch = {};

    /** Compares with a golden. */
    std::function<ReplayReport (const std::filesystem::path& folder, const ReplayOptions& options)>
        replay = {};

    /** Writes a checkpoint with other weights. */
    std::function<ConvertReport (const ConvertRequest& request)> convert = {};

    /** Counts the GPUs that this process may use. Empty: `batch` starts no other processes. */
    std::function<int()> countGpus = {};

    /** The words behind the program's name; set by runCommandLine(). */
    std::vector<std::string> arguments = {};

    /** Measures the GPU; empty without one. */
    std::function<std::optional<GpuMeasures>()> measureGpu = {};

    /** Opens the take store that the settings name, for projects; throws Exception. Empty: there is none. */
    std::function<std::shared_ptr<TakeStore> (const Settings& settings)> takes = {};

    /** Whether standard output was open when the program began. */
    bool hasStandardOutput = true;

    /** The descriptor behind `err`, for a log and an error that must not wait for their reader; -1: there is none. */
    int errDescriptor = -1;

    /** Ends the process at once, without destructors. */
    std::function<void (int exitCode)> exitNow = {};

    /** Does the work; set by the chosen subcommand. @returns the exit code. */
    std::function<int()> action = {};

    /** The action needs a model or the GPU; set with it. */
    bool needsTorch = false;
};

/** The error of std::bad_alloc. */
Error outOfMemory();

/** Parses the arguments (without the program's name), runs the subcommand, and turns any exception into one
    sentence on `err` and an exit code. */
int runCommandLine (const std::vector<std::string>& arguments, Session& session);
} // namespace tableread::engine
