// SPDX-License-Identifier: Apache-2.0
#include "Timeline/Bounce.h"

#include <algorithm>
#include <array>

#include "Audio/Writer.h"

namespace tableread
{
namespace
{
Result<void> writeSamples (const PlaybackPlan& plan, HostSamples end, int hostRateHz,
                           const std::filesystem::path& file)
{
    auto writer = AudioWriter::create (file, { Container::Wav, SampleType::Float32 }, hostRateHz);
    if (! writer)
        return tl::unexpected (writer.error());

    std::array<float, 4096> block {};
    for (std::int64_t at = 0; at < end.value;)
    {
        const auto count = std::min ((std::int64_t) block.size(), end.value - at);
        const std::span samples (block.data(), (std::size_t) count);
        plan.read ({ at }, samples);
        if (auto written = (*writer)->write (samples); ! written)
            return written;
        at += count;
    }
    return (*writer)->finish();
}
} // namespace

Result<void> bounce (const PlaybackPlan& plan, HostSamples end, int hostRateHz,
                     const std::filesystem::path& file)
{
    if (const auto lacking = plan.missing ({ 0 }, (std::size_t) end.value); lacking > 0)
        return tl::unexpected (Error { ErrorCode::Busy,
                                       std::to_string (lacking) + " of " + std::to_string (end.value) +
                                           " samples are not rendered yet. Wait for the render to end.",
                                       file.string() });
    auto written = writeSamples (plan, end, hostRateHz, file);
    if (! written)
        written.error().message.insert (0, "the audio ");
    return written;
}
} // namespace tableread
