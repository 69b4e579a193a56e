// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "EngineLink/Client.h"
#include "EngineLink/EngineFinder.h"
#include "EngineLink/EngineProcess.h"
#include "EngineLink/StopSignal.h"

namespace tableread
{
/** Makes sure that an engine answers on the socket: uses the one that is there, starts one if there is none, replaces
    one of ours that hangs. Threads: only the link thread, which it may block; never the audio thread. */
class Supervisor
{
public:
    struct Options
    {
        std::filesystem::path socket;
        EngineSearch search;
        std::vector<std::string> arguments; // after `serve --socket PATH`
        std::chrono::milliseconds startLimit {
            120'000
        }; // until the first answer; an engine that says "loading" gets longer
        std::chrono::milliseconds hangLimit { 15'000 }; // without an answer before one of ours is replaced
        Client::Timeouts timeouts;
    };

    explicit Supervisor (Options options);

    /** Tries once to get an engine that can take a job; starts at most one.
        @returns its health; NotFound if there is no engine to start; Unsupported if it speaks another version or
                 rate; Cancelled if `stop` is raised; Io with the engine's last words if it does not start. */
    [[nodiscard]] Result<protocol::Health> ensureRunning (const StopSignal& stop);

    /** The program for the next start; empty: search for it. */
    void setProgram (std::filesystem::path setting) { options.search.setting = std::move (setting); }

private:
    Result<void> start();
    Error startFailed (const std::string& how) const;

    Options options;
    std::optional<EngineProcess> engine; // the last one that we started
};
} // namespace tableread
