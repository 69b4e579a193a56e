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
    /** What is needed until the take has ended: several times as large as a short take. */
    struct Work
    {
        explicit Work (double rate) : resampler ((double) modelSampleRateHz, rate, ResamplerQuality::VeryHigh)
        {}

        Resampler resampler;
        std::int64_t consumed = 0;
        std::array<float, 4096> input {};
        std::vector<float> converted;
    };

    explicit Resampled (double rate) : hostRateHz (rate) {}

    const double hostRateHz;
    std::unique_ptr<Work> work;                         // the pump's; null before begin() and once complete
    std::unique_ptr<TakeAudio> output;                  // null before begin() …
    std::atomic<const TakeAudio*> readable { nullptr }; // … as readers see it
    std::atomic<bool> complete { false };
};

HostAudio::HostAudio (std::shared_ptr<const Take> take) : source (std::move (take))
{}

HostAudio::~HostAudio() = default;

Result<std::shared_ptr<HostAudio>> HostAudio::prepare (std::shared_ptr<const Take> take, double hostRateHz)
{
    if (! isPossible (hostRateHz))
        return tl::unexpected (Error { ErrorCode::OutOfRange,
                                       "the host's sample rate is " + std::to_string (hostRateHz) +
                                           " Hz; 1000 to 1000000 Hz are supported",
                                       {} });
    std::shared_ptr<HostAudio> audio (new HostAudio (std::move (take)));
    if (hostRateHz != (double) modelSampleRateHz)
        audio->resampled = std::make_unique<Resampled> (hostRateHz);
    return audio;
}

Result<std::shared_ptr<HostAudio>> HostAudio::create (std::shared_ptr<const Take> take, double hostRateHz)
{
    auto audio = prepare (std::move (take), hostRateHz);
    if (audio)
        if (auto begun = (*audio)->begin(); ! begun)
            return tl::unexpected (begun.error());
    return audio;
}

bool HostAudio::hasBegun() const noexcept
{
    return resampled == nullptr || resampled->output != nullptr;
}

Result<void> HostAudio::begin()
{
    if (hasBegun())
        return {};
    auto& r = *resampled;
    try
    {
        r.work = std::make_unique<Resampled::Work> (r.hostRateHz);
        const bool isWhole = source->isFinal(); // then no more than its samples is needed
        const auto length = toHost ({ source->audio().rendered() }, r.hostRateHz).value;
        r.output = TakeAudio::create (isWhole ? std::clamp<std::int64_t> (length, 1, TakeAudio::maxCapacity)
                                              : TakeAudio::maxCapacity)
                       .value();
    }
    catch (const std::bad_alloc&)
    {
        r.work = nullptr;
        return tl::unexpected (
            Error { ErrorCode::OutOfMemory, "cannot create a resampler for the host's sample rate", {} });
    }
    r.readable.store (r.output.get(), std::memory_order_release);
    return {};
}

void HostAudio::pump()
{
    if (resampled == nullptr || resampled->work == nullptr)
        return;
    auto& work = *resampled->work;
    auto& output = *resampled->output;
    const bool ended = source->isFinal(); // checked first: a final take has published all of its samples
    const auto end = source->audio().rendered();
    while (work.consumed < end)
    {
        const auto count = std::min ((std::int64_t) work.input.size(), end - work.consumed);
        const std::span block (work.input.data(), (std::size_t) count);
        source->audio().read (work.consumed, block);
        work.converted.clear();
        work.resampler.process (block, work.converted);
        output.append (work.converted);
        work.consumed += count;
    }
    if (! ended)
        return;

    // The rest is rounded up; a take's length at the host's rate is rounded to the nearest sample.
    work.converted.clear();
    work.resampler.finish (work.converted);
    const auto room =
        std::max<std::int64_t> (toHost ({ end }, resampled->hostRateHz).value - output.rendered(), 0);
    work.converted.resize (std::min (work.converted.size(), (std::size_t) room));
    output.append (work.converted);
    resampled->work = nullptr;
    resampled->complete.store (true, std::memory_order_release);
}

std::int64_t HostAudio::copied() const noexcept
{
    return resampled != nullptr ? rendered() : 0;
}

std::size_t HostAudio::read (std::int64_t position, std::span<float> out) const noexcept
{
    const auto* const samples =
        resampled == nullptr ? &source->audio() : resampled->readable.load (std::memory_order_acquire);
    if (samples != nullptr)
        return samples->read (position, out);
    std::fill (out.begin(), out.end(), 0.0f);
    return 0;
}

std::int64_t HostAudio::rendered() const noexcept
{
    if (resampled == nullptr)
        return source->audio().rendered();
    const auto* const samples = resampled->readable.load (std::memory_order_acquire);
    return samples != nullptr ? samples->rendered() : 0;
}

bool HostAudio::isComplete() const noexcept
{
    return resampled != nullptr ? resampled->complete.load (std::memory_order_acquire) : source->isFinal();
}
} // namespace tableread
