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
/** Sees to it that an engine answers on the socket: takes the one that is there, starts one if none is, replaces
    one of ours that hangs. Threads: the link thread only, which it may block; never the audio thread. */
class Supervisor
{
public:
    struct Options
    {
        std::filesystem::path socket;
        EngineSearch search;
        std::vector<std::string> arguments; // behind `serve --socket PATH`
        std::chrono::milliseconds startLimit {
            120'000
        }; // to the first answer; an engine that says "loading" has longer
        std::chrono::milliseconds hangLimit { 15'000 }; // without an answer, until one of ours is replaced
        Client::Timeouts timeouts;
    };

    explicit Supervisor (Options options);

    /** One try to have an engine that can take a job: starts one at most.
        @returns its health; NotFound if there is no engine to start; Unsupported if it speaks another version or
                 rate; Cancelled if `stop` is raised; Io with the engine's last words if it does not start. */
    [[nodiscard]] Result<protocol::Health> ensureRunning (const StopSignal& stop);

    /** What is started the next time that one has to be started; empty: whatever is found. */
    void setProgram (std::filesystem::path setting) { options.search.setting = std::move (setting); }

private:
    Result<void> start();
    Error startFailed (const std::string& how) const;

    Options options;
    std::optional<EngineProcess> engine; // the one that we started last
};
} // namespace tableread
