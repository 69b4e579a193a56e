// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cmath>
#include <cstdint>
#include <optional>

namespace tableread::plugin
{
/** The host's tempo and time signature, from the audio thread to one that may wait.
    Threads   set(): the audio thread, wait-free. get(): any. */
class TempoCell
{
public:
    struct Tempo
    {
        double quartersAMinute = 0.0;
        double origin = 0.0;               // the second at which quarter 0 is, or would be at this tempo
        int beatsPerBar = 4, beatUnit = 4; // the time signature

        /** Whether the difference is more than what hosts round away. */
        bool isOther (const Tempo& before) const
        {
            constexpr double audible = 0.0005; // seconds
            return quartersAMinute != before.quartersAMinute || std::abs (origin - before.origin) > audible;
        }
    };

    void set (const Tempo& now) noexcept
    {
        const auto next = writes.load (std::memory_order_relaxed) + 1;
        writes.store (next, std::memory_order_relaxed); // odd: it is being written
        // Released: whoever reads one of them also sees the odd number.
        tempo.store (now.quartersAMinute, std::memory_order_release);
        origin.store (now.origin, std::memory_order_release);
        beatsPerBar.store (now.beatsPerBar, std::memory_order_release);
        beatUnit.store (now.beatUnit, std::memory_order_release);
        writes.store (next + 1, std::memory_order_release);
    }

    /** Empty if it was never set, or is just being set. */
    std::optional<Tempo> get() const noexcept
    {
        const auto before = writes.load (std::memory_order_acquire);
        const Tempo read { tempo.load (std::memory_order_acquire), origin.load (std::memory_order_acquire),
                           beatsPerBar.load (std::memory_order_acquire),
                           beatUnit.load (std::memory_order_acquire) };
        const bool isWhole =
            before != 0 && before % 2 == 0 && writes.load (std::memory_order_relaxed) == before;
        return isWhole ? std::optional (read) : std::nullopt;
    }

private:
    std::atomic<std::uint64_t> writes { 0 };
    std::atomic<double> tempo { 0.0 }, origin { 0.0 };
    std::atomic<int> beatsPerBar { 4 }, beatUnit { 4 };
};
} // namespace tableread::plugin
