// SPDX-License-Identifier: Apache-2.0
#include "Timeline/Bounce.h"

#include <algorithm>
#include <array>

#include "Audio/Writer.h"
#include "Timeline/PlanReader.h"

namespace tableread
{
namespace
{
Result<void> writeSamples (const PlaybackPlan& plan, const BounceJob& job)
{
    auto writer = AudioWriter::create (job.file, job.format, job.hostRateHz, job.note ? &*job.note : nullptr);
    if (! writer)
        return tl::unexpected (writer.error());

    std::array<float, 4096> main {}, speakers {};
    PlanReader reader;
    for (auto at = job.from.value; at < job.to.value;)
    {
        if (job.goesOn &&
            ! job.goesOn ((double) (at - job.from.value) / (double) (job.to.value - job.from.value)))
            return tl::unexpected (Error { ErrorCode::Cancelled, "is no longer wanted.", job.file.string() });
        const auto count = (std::size_t) std::min ((std::int64_t) main.size(), job.to.value - at);
        BusBlock block { { main.data(), count } };
        if (job.bus > 0)
            block.buses[(std::size_t) job.bus - 1] = speakers.data();
        reader.read (plan, { at }, block);
        if (auto written = (*writer)->write ({ job.bus > 0 ? speakers.data() : main.data(), count });
            ! written)
            return written;
        at += (std::int64_t) count;
    }
    return (*writer)->finish();
}
} // namespace

Result<void> bounce (const PlaybackPlan& plan, const BounceJob& job)
{
    const auto count = (std::size_t) std::max<std::int64_t> (job.to.value - job.from.value, 0);
    if (plan.waiting (job.from, count))
        return tl::unexpected (Error { ErrorCode::Busy,
                                       std::to_string (plan.missing (job.from, count)) + " of " +
                                           std::to_string (count) +
                                           " samples are not rendered yet. Wait for the render to end.",
                                       job.file.string() });
    auto written = writeSamples (plan, job);
    if (! written)
        written.error().message.insert (0, "the audio ");
    return written;
}
} // namespace tableread
