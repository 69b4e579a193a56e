// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

namespace tableread::plugin
{
/** The host's position in the block that is being processed, where JUCE's wrapper does not pass it on as it is.

    Threads   set(), clear() and now(): the audio thread; wait-free.
*/
class HostClock : public std::enable_shared_from_this<HostClock>
{
public:
    void set (std::int64_t sample) noexcept { position.store (sample, std::memory_order_relaxed); }
    void clear() noexcept { position.store (unknown, std::memory_order_relaxed); }

    /** Empty if nobody has set it for this block. */
    std::optional<std::int64_t> now() const noexcept
    {
        const auto sample = position.load (std::memory_order_relaxed);
        return sample == unknown ? std::nullopt : std::optional (sample);
    }

    /** Of the processor that was made last on this thread: JUCE's factories do not hand it out. Plain, since what a thread has to
        destroy at its end keeps the library in memory until then. */
    static HostClock*& lastMade() noexcept
    {
        thread_local HostClock* clock = nullptr;
        return clock;
    }

private:
    static constexpr std::int64_t unknown = INT64_MIN;

    std::atomic<std::int64_t> position { unknown };
};
} // namespace tableread::plugin
