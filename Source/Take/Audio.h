// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "Core/Error.h"

namespace tableread
{
/** Speech that grows while others listen to it.

    Audio      [samples] mono float32, unclamped. The owner decides the rate: a Take uses the model's.
    Position   samples since the first; published samples never change.
    Threads    append(): one thread at a time. read() and rendered(): any thread, wait-free, also on the audio thread.
    Memory     blocks of 1 MiB, or what is left of the capacity, allocated by append() as the speech grows, which live as long
               as this object.
*/
class TakeAudio
{
public:
    static constexpr std::int64_t blockSamples = 1 << 18;
    static constexpr std::int64_t maxBlocks = 4096;
    static constexpr std::int64_t maxCapacity = blockSamples * maxBlocks; // 90 minutes at 192 kHz

    /** Makes an empty one that will hold at most `capacity` samples.
        @returns OutOfRange if capacity is not in [1, maxCapacity]. */
    [[nodiscard]] static Result<std::unique_ptr<TakeAudio>> create (std::int64_t capacity = maxCapacity);

    TakeAudio (const TakeAudio&) = delete;
    TakeAudio& operator= (const TakeAudio&) = delete;
    ~TakeAudio();

    /** Appends `audio` and publishes it.
        @returns how many samples were taken: fewer than given if the capacity is reached or an allocation fails. */
    std::size_t append (std::span<const float> audio) noexcept;

    /** Fills `out` with the audio from `position` on, and with zeros before the first sample and after the last.
        @returns how many samples of `out` are speech. */
    std::size_t read (std::int64_t position, std::span<float> out) const noexcept;

    /** How many samples read() can give now. */
    std::int64_t rendered() const noexcept { return published.load (std::memory_order_acquire); }

private:
    explicit TakeAudio (std::int64_t limit) : capacity (limit) {}

    std::int64_t capacity;
    std::array<float*, (std::size_t) maxBlocks>
        blocks {}; // a block's pointer is set before its samples are published
    std::atomic<std::int64_t> published { 0 };
};
} // namespace tableread
