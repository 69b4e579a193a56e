// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "Logging/LineOutput.h"

namespace tableread::engine
{
/** One place that a log is written to, with a thread of its own that nobody waits for: while the place takes nothing, the
    oldest lines are lost, and counted. The thread sleeps while there is nothing to write, or no room. */
class LogChannel
{
public:
    struct Limits
    {
        std::size_t lines = 1024;                    // that wait
        std::size_t lineBytes = 4096;                // a longer one is cut
        std::chrono::milliseconds lastWords { 250 }; // for what still waits at the end
    };

    /** A line that tells of lines that were lost. */
    using LostLine = std::function<std::string (std::uint64_t lost)>;

    LogChannel (std::unique_ptr<LineOutput> output, LostLine lostLine, Limits limits);

    /** The same as close(). */
    ~LogChannel();
    LogChannel (const LogChannel&) = delete;
    LogChannel& operator= (const LogChannel&) = delete;

    /** Never waits for the place. [any thread] */
    void push (std::string_view line);

    /** Writes what still waits, as far as there is time and room. An output that does not come back keeps its thread, and
        nothing else. */
    void close();

private:
    struct State;
    static void run (State& state);

    const std::size_t lineBytes;
    std::shared_ptr<State> state;
};
} // namespace tableread::engine
