// SPDX-License-Identifier: Apache-2.0
#include "Measure/Profile/FrameSums.h"

#include <algorithm>

namespace tableread::engine
{
namespace
{
using Kind = ProfileSpan::Kind;
using What = ProfileSums::What;

double overlapMs (const ProfileSpan& a, const ProfileSpan& b)
{
    return std::max (0.0, std::min (a.endMs, b.endMs) - std::max (a.beginMs, b.beginMs));
}

/** The part of `span` that the spans selected by `others` cover; these do not overlap. */
double coveredMs (const ProfileSpan& span, std::span<const ProfileSpan> all,
                  bool (*others) (const ProfileSpan&))
{
    double ms = 0;
    for (const auto& other : all)
        if (others (other))
            ms += overlapMs (span, other);
    return ms;
}

bool isTrim (const ProfileSpan& span)
{
    return span.kind == Kind::Trim || span.kind == Kind::TrimWait;
}

bool keepsGpuBusy (const ProfileSpan& span)
{
    return span.kind == Kind::Work || span.kind == Kind::CopyWait;
}
} // namespace

FrameSums sumsOfFrame (std::span<const ProfileSpan> spans, bool onGpu)
{
    FrameSums sums;
    double inRows = 0, inParts = 0;
    const auto addTo = [&] (What what, FramePart part, double ms) {
        sums.rows[{ what, part }] += ms;
        inRows += ms;
    };
    const auto addPart = [&] (const ProfileSpan& span) {
        const auto trims = coveredMs (span, spans, isTrim); // during which the host waits
        sums.issueMs[partOf (span)] += span.ms() - trims;
        sums.waitMs[partOf (span)] += trims;
        inParts += span.ms();
        if (! onGpu)
            addTo (What::Compute, partOf (span), span.ms());
    };
    for (const auto& span : spans)
    {
        switch (span.kind)
        {
            case Kind::Step:
                sums.allMs += span.ms();
                break;
            case Kind::Part:
                addPart (span);
                break;
            case Kind::HostWait:
                sums.waitMs[partOf (span)] += span.ms();
                sums.issueMs[partOf (span)] -= span.ms();
                break;
            case Kind::Trim:
                ++sums.trims;
                [[fallthrough]];
            case Kind::TrimWait: // a busy GPU loses nothing
                addTo (What::Trims, FramePart::None, span.ms() - coveredMs (span, spans, keepsGpuBusy));
                break;
            case Kind::Work:
                addTo (What::Compute, partOf (span), span.ms());
                break;
            case Kind::CopyWait:
                addTo (What::ExposedWait, FramePart::None, span.ms());
                break;
            case Kind::Copy:
                sums.copyMs += span.ms();
                sums.copiedBytes += static_cast<double> (span.bytes);
                ++sums.copies;
                break;
            case Kind::Queue:
            case Kind::Attention: // both are within a part
            case Kind::Products:
                break;
        }
    }
    addTo (What::Launch, FramePart::None, sums.allMs - inRows);
    sums.issueMs[FramePart::None] += sums.allMs - inParts;
    return sums;
}

std::vector<std::vector<ProfileSpan>> framesOf (std::span<const ProfileSpan> spans, std::int64_t from)
{
    std::map<std::int64_t, std::vector<ProfileSpan>> byFrame;
    for (const auto& span : spans)
        if (span.frame >= from)
            byFrame[span.frame].push_back (span);
    std::vector<std::vector<ProfileSpan>> frames;
    for (auto& [number, all] : byFrame)
        if (std::ranges::any_of (all, [] (const auto& span) {
                return span.kind == Kind::Part &&
                       (partOf (span) == FramePart::DiffusionHead || partOf (span) == FramePart::Sound);
            }))
            frames.push_back (std::move (all));
    return frames;
}
} // namespace tableread::engine
