// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace tableread::engine
{
/** How much speech of all jobs together lies unread. It is counted, not refused, since no sample may be lost: whoever speaks
    has to look. Threads: any. */
class UnreadSpeech
{
public:
    explicit UnreadSpeech (std::size_t mostBytes = SIZE_MAX) : most (mostBytes) {}

    void add (std::size_t samples) { bytes += samples * sizeof (float); }
    void remove (std::size_t samples) { bytes -= samples * sizeof (float); }

    /** There is as much as there should be: passages pause whose clients are behind. */
    bool isFull() const { return bytes >= most; }

    /** There is room again, and for more than a frame of each of them. */
    bool hasRoom() const { return bytes < most - most / 4; }

private:
    const std::size_t most;
    std::atomic<std::size_t> bytes { 0 };
};
} // namespace tableread::engine
