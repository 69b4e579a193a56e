// SPDX-License-Identifier: Apache-2.0
#include "Timeline/HostAudio.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <soxr.h>

namespace tableread
{
HostSamples toHost (ModelSamples position, double hostRateHz) noexcept
{
    // Exact: a position of days times a rate of a megahertz stays below 2^53.
    return { std::llround ((double) position.value * hostRateHz / (double) modelSampleRateHz) };
}

struct HostAudio::Resampler
{
    explicit Resampler (double rate) : hostRateHz (rate), output (TakeAudio::create().value())
    {
        const auto io = soxr_io_spec (SOXR_FLOAT32_I, SOXR_FLOAT32_I);
        const auto quality = soxr_quality_spec (SOXR_VHQ, 0);
        const auto runtime = soxr_runtime_spec (1);
        handle = soxr_create ((double) modelSampleRateHz, rate, 1, nullptr, &io, &quality, &runtime);
    }

    ~Resampler() { soxr_delete (handle); }

    Resampler (const Resampler&) = delete;
    Resampler& operator= (const Resampler&) = delete;

    /** One call of soxr, which takes all of the input if the output has room; null and 0 at the end of the input. */
    std::size_t process (const float* samples, std::size_t count, std::size_t& used)
    {
        std::size_t made = 0;
        soxr_process (handle, samples, count, &used, converted.data(), converted.size(), &made);
        return made;
    }

    double hostRateHz;
    std::unique_ptr<TakeAudio> output;
    soxr_t handle = nullptr;
    std::int64_t consumed = 0;
    std::atomic<bool> complete { false };
    std::array<float, 4096> input {};
    std::array<float, 16384> converted {};
};

HostAudio::HostAudio (std::shared_ptr<const Take> take) : source (std::move (take))
{}

HostAudio::~HostAudio() = default;

Result<std::shared_ptr<HostAudio>> HostAudio::create (std::shared_ptr<const Take> take, double hostRateHz)
{
    if (! isPossible (hostRateHz))
        return tl::unexpected (Error { ErrorCode::OutOfRange,
                                       "the host's sample rate is " + std::to_string (hostRateHz) +
                                           " Hz, 1000 to 1000000 are possible",
                                       {} });
    std::shared_ptr<HostAudio> audio (new HostAudio (std::move (take)));
    if (hostRateHz != (double) modelSampleRateHz)
    {
        audio->resampler = std::make_unique<Resampler> (hostRateHz);
        if (audio->resampler->handle == nullptr)
            return tl::unexpected (
                Error { ErrorCode::OutOfMemory, "no resampler for the host's rate can be made", {} });
    }
    return audio;
}

void HostAudio::pump()
{
    if (resampler == nullptr || resampler->complete.load (std::memory_order_relaxed))
        return;
    auto& r = *resampler;
    const bool ended = source->isFinal(); // asked first: a final take has all of its samples published
    const auto end = source->audio().rendered();
    while (r.consumed < end)
    {
        const auto count =
            (std::size_t) std::min<std::int64_t> ((std::int64_t) r.input.size(), end - r.consumed);
        source->audio().read (r.consumed, { r.input.data(), count });
        std::size_t used = 0;
        const auto made = r.process (r.input.data(), count, used);
        r.output->append ({ r.converted.data(), made });
        r.consumed += (std::int64_t) used;
    }
    if (! ended)
        return;

    // The filter's tail, cut or filled so that the length is the take's length at the host's rate.
    const auto length = toHost ({ end }, r.hostRateHz).value;
    std::size_t used = 0;
    while (const auto made = end > 0 ? r.process (nullptr, 0, used) : 0)
    {
        const auto room = std::max<std::int64_t> (length - r.output->rendered(), 0);
        r.output->append ({ r.converted.data(), std::min (made, (std::size_t) room) });
    }
    r.converted.fill (0.0f);
    while (r.output->rendered() < length)
    {
        const auto rest = std::min ((std::int64_t) r.converted.size(), length - r.output->rendered());
        if (r.output->append ({ r.converted.data(), (std::size_t) rest }) == 0)
            break;
    }
    r.complete.store (true, std::memory_order_release);
}

std::size_t HostAudio::read (std::int64_t position, std::span<float> out) const noexcept
{
    return (resampler != nullptr ? *resampler->output : source->audio()).read (position, out);
}

std::int64_t HostAudio::rendered() const noexcept
{
    return (resampler != nullptr ? *resampler->output : source->audio()).rendered();
}

bool HostAudio::isComplete() const noexcept
{
    return resampler != nullptr ? resampler->complete.load (std::memory_order_acquire) : source->isFinal();
}
} // namespace tableread
