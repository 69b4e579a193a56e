// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tableread::engine
{
/** Lines on their way to a log's thread. When it is full, the oldest line is lost: push() never waits for room, and its memory is
    used again. Threads: any may push, one takes. */
class LineQueue
{
public:
    explicit LineQueue (std::size_t mostLines) : slots (mostLines) {}

    void push (std::string_view line);

    struct Next
    {
        bool isThere = false;   // false: the queue is closed, and empty
        std::uint64_t lost = 0; // lines before it, since the last one that was taken
    };

    /** Waits for a line; keeps the memory of the one that is in `line`. */
    Next take (std::string& line);

    /** Counts lines that were taken and not written. */
    void lose (std::uint64_t lines);

    /** No more lines are taken in. */
    void close();

private:
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> slots; // a ring
    std::size_t first = 0, count = 0;
    std::uint64_t lost = 0;
    bool closed = false;
};
} // namespace tableread::engine
