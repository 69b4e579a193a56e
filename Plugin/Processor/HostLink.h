// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

namespace tableread::plugin
{
/** What the processor and the audio thread tell each other past JUCE: a VST3 host's position in the block that is being processed
    (our layer around JUCE's component has it), and the value of a parameter that only the plugin changes.

    Threads   setPosition(), clearPosition(), position(), changedMeter(): the audio thread; wait-free. setMeter(), meter(): any.
*/
class HostLink : public std::enable_shared_from_this<HostLink>
{
public:
    void setPosition (std::int64_t sample) noexcept { sampleAt.store (sample, std::memory_order_relaxed); }
    void clearPosition() noexcept { sampleAt.store (unknown, std::memory_order_relaxed); }

    /** Empty if nobody has set it for this block. */
    std::optional<std::int64_t> position() const noexcept
    {
        const auto sample = sampleAt.load (std::memory_order_relaxed);
        return sample == unknown ? std::nullopt : std::optional (sample);
    }

    static constexpr const char* meterId = "rendered"; // the parameter, whose first value is 1

    /** The host hears of it with the next block. */
    void setMeter (float value) noexcept { meterNow.store (value, std::memory_order_relaxed); }
    float meter() const noexcept { return meterNow.load (std::memory_order_relaxed); }

    /** The value, if it is another one than the last time. */
    std::optional<float> changedMeter() noexcept
    {
        const auto value = meter();
        if (value == toldMeter)
            return std::nullopt;
        toldMeter = value;
        return value;
    }

    /** Of the processor that was made last on this thread: JUCE's factories do not hand it out. Plain, since what a thread has to
        destroy at its end keeps the library in memory until then. */
    static HostLink*& lastMade() noexcept
    {
        thread_local HostLink* link = nullptr;
        return link;
    }

private:
    static constexpr std::int64_t unknown = INT64_MIN;

    std::atomic<std::int64_t> sampleAt { unknown };
    std::atomic<float> meterNow { 1.0f };
    float toldMeter = 1.0f; // the audio thread's
};
} // namespace tableread::plugin
