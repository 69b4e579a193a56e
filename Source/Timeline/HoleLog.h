// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "Timeline/Hole.h"

namespace tableread
{
/** Where speech was missing while it was played, from the audio thread to the one that reports it. What goes on from block to
    block is one hole.

    Threads   add(), flush(), end(): the audio thread, wait-free. collect(), lost(): another one, one at a time.
*/
class HoleLog
{
public:
    static constexpr std::size_t capacity = 1024;
    static constexpr std::size_t mostOpen = 16; // lines that are missing at once

    void add (const Hole& hole) noexcept;

    /** What goes on has ended. */
    void flush() noexcept;

    /** The same, since playing has stopped: what is added from now on is of another time that it was played. */
    void end() noexcept;

    /** Those that have ended since the last call, with a Hole::isEnd() wherever end() was called. */
    std::vector<Hole> collect();

    /** How many were dropped because nobody collected them. */
    std::int64_t lost() const noexcept { return dropped.load (std::memory_order_relaxed); }

private:
    void push (const Hole& hole) noexcept;

    std::array<Hole, mostOpen> open {}; // the audio thread's
    std::size_t opened = 0, oldest = 0;
    std::array<Hole, capacity> ring {};
    std::atomic<std::size_t> written { 0 }, taken { 0 };
    std::atomic<std::int64_t> dropped { 0 };
};
} // namespace tableread
