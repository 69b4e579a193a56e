// SPDX-License-Identifier: Apache-2.0
#include "Timeline/HostAudio.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <vector>

#include "Audio/Resampler.h"

namespace tableread
{
HostSamples toHost (ModelSamples position, double hostRateHz) noexcept
{
    // Exact: days of samples times a rate of 1 MHz stay below 2^53.
    return { std::llround ((double) position.value * hostRateHz / (double) modelSampleRateHz) };
}

struct HostAudio::Resampled
{
    explicit Resampled (double rate)
        : hostRateHz (rate)
        , resampler ((double) modelSampleRateHz, rate, ResamplerQuality::VeryHigh)
        , output (TakeAudio::create().value())
    {}

    double hostRateHz;
    Resampler resampler;
    std::unique_ptr<TakeAudio> output;
    std::int64_t consumed = 0;
    std::atomic<bool> complete { false };
    std::array<float, 4096> input {};
    std::vector<float> converted;
};

HostAudio::HostAudio (std::shared_ptr<const Take> take) : source (std::move (take))
{}

HostAudio::~HostAudio() = default;

Result<std::shared_ptr<HostAudio>> HostAudio::create (std::shared_ptr<const Take> take, double hostRateHz)
{
    if (! isPossible (hostRateHz))
        return tl::unexpected (Error { ErrorCode::OutOfRange,
                                       "the host's sample rate is " + std::to_string (hostRateHz) +
                                           " Hz; 1000 to 1000000 Hz are supported",
                                       {} });
    std::shared_ptr<HostAudio> audio (new HostAudio (std::move (take)));
    try
    {
        if (hostRateHz != (double) modelSampleRateHz)
            audio->resampled = std::make_unique<Resampled> (hostRateHz);
    }
    catch (const std::bad_alloc&)
    {
        return tl::unexpected (
            Error { ErrorCode::OutOfMemory, "cannot create a resampler for the host's sample rate", {} });
    }
    return audio;
}

void HostAudio::pump()
{
    if (resampled == nullptr || resampled->complete.load (std::memory_order_relaxed))
        return;
    auto& r = *resampled;
    const bool ended = source->isFinal(); // checked first: a final take has published all of its samples
    const auto end = source->audio().rendered();
    while (r.consumed < end)
    {
        const auto count = std::min ((std::int64_t) r.input.size(), end - r.consumed);
        const std::span block (r.input.data(), (std::size_t) count);
        source->audio().read (r.consumed, block);
        r.converted.clear();
        r.resampler.process (block, r.converted);
        r.output->append (r.converted);
        r.consumed += count;
    }
    if (! ended)
        return;

    // The rest is rounded up; a take's length at the host's rate is rounded to the nearest sample.
    r.converted.clear();
    r.resampler.finish (r.converted);
    const auto room = std::max<std::int64_t> (toHost ({ end }, r.hostRateHz).value - r.output->rendered(), 0);
    r.converted.resize (std::min (r.converted.size(), (std::size_t) room));
    r.output->append (r.converted);
    r.complete.store (true, std::memory_order_release);
}

std::size_t HostAudio::read (std::int64_t position, std::span<float> out) const noexcept
{
    return (resampled != nullptr ? *resampled->output : source->audio()).read (position, out);
}

std::int64_t HostAudio::rendered() const noexcept
{
    return (resampled != nullptr ? *resampled->output : source->audio()).rendered();
}

bool HostAudio::isComplete() const noexcept
{
    return resampled != nullptr ? resampled->complete.load (std::memory_order_acquire) : source->isFinal();
}
} // namespace tableread
