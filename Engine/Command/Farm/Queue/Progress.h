// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "Farm/Messages.h"

namespace tableread::engine
{
/** How far a queue is, and how fast each machine has been lately. */
struct FarmState
{
    struct Node
    {
        std::string name;
        std::int64_t lines = 0; // rendered
        double linesPerMinute = 0.0;
        double speechPerMinute = 0.0; // in seconds
        double idleSeconds = 0.0;     // since its last line
    };

    std::int64_t lines = 0;               // all: those that are left, stored and set aside
    std::int64_t stored = 0;              // by workers of the queue
    std::int64_t speaking = 0;            // of those that are left
    std::vector<LineResult> setAside {};  // by project and number
    std::optional<double> secondsLeft {}; // at the speed of all nodes together; empty: nobody has any yet
    std::vector<Node> nodes {};           // by name

    std::int64_t left() const { return lines - stored - static_cast<std::int64_t> (setAside.size()); }
};

/** Counts the states of lines. Times are in seconds since 1970. */
class FarmProgress
{
public:
    /** How long a machine's lines count for its speed. */
    static constexpr double window = 600.0;

    /** The state of a line, in place of its former one. `number`: of the message, which only grows. */
    void add (const std::string& key, std::uint64_t number, double at, LineResult result);

    /** Messages before this one count no more: another count has begun. */
    void forgetBefore (std::uint64_t number);

    /** @param queued  lines that are neither stored nor set aside */
    FarmState at (double now, std::int64_t queued) const;

private:
    struct Known
    {
        std::uint64_t number;
        double at;
        LineResult result;
    };

    std::map<std::string, Known> lines; // by key
};

/** For people: a bar of at most so many columns, the nodes, and the lines that were set aside. */
std::string describe (const FarmState& state, int columns);

/** For programs (Assets/docs/queue.md). */
std::string toJson (const FarmState& state);
} // namespace tableread::engine
