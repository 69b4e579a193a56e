// SPDX-License-Identifier: Apache-2.0
#include "Take/Audio.h"

#include <algorithm>
#include <new>

namespace tableread
{
Result<std::unique_ptr<TakeAudio>> TakeAudio::create (std::int64_t capacity)
{
    if (capacity < 1 || capacity > maxCapacity)
        return tl::unexpected (Error { ErrorCode::OutOfRange,
                                       "a take of " + std::to_string (capacity) +
                                           " samples cannot be made, 1 to " + std::to_string (maxCapacity) +
                                           " are possible",
                                       {} });
    return std::unique_ptr<TakeAudio> (new TakeAudio (capacity));
}

TakeAudio::~TakeAudio()
{
    for (auto* block : blocks)
        delete[] block;
}

std::size_t TakeAudio::append (std::span<const float> audio) noexcept
{
    auto end = published.load (std::memory_order_relaxed); // only this thread changes it
    std::size_t taken = 0;
    while (taken < audio.size() && end < capacity)
    {
        auto*& block = blocks[(std::size_t) (end / blockSamples)];
        if (block == nullptr) // the last one of the capacity may be smaller
            block = new (std::nothrow) float[(std::size_t) std::min (
                blockSamples, capacity - end / blockSamples * blockSamples)];
        if (block == nullptr)
            break;
        const auto offset = end % blockSamples;
        const auto count =
            std::min ({ (std::int64_t) (audio.size() - taken), blockSamples - offset, capacity - end });
        std::copy_n (audio.data() + taken, count, block + offset);
        taken += (std::size_t) count;
        end += count;
    }
    published.store (end, std::memory_order_release);
    return taken;
}

std::size_t TakeAudio::read (std::int64_t position, std::span<float> out) const noexcept
{
    const auto end = rendered();
    const auto wanted = (std::int64_t) out.size();
    const auto lead = position >= 0 ? 0 : position < -wanted ? wanted : -position;
    std::fill_n (out.data(), lead, 0.0f);

    auto filled = lead;
    while (filled < wanted && position + filled < end)
    {
        const auto from = position + filled;
        const auto offset = from % blockSamples;
        const auto count = std::min ({ wanted - filled, blockSamples - offset, end - from });
        std::copy_n (blocks[(std::size_t) (from / blockSamples)] + offset, count, out.data() + filled);
        filled += count;
    }
    std::fill (out.begin() + filled, out.end(), 0.0f);
    return (std::size_t) (filled - lead);
}
} // namespace tableread
