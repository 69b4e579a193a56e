// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "Measure/Profile/Sums.h"

namespace tableread::engine
{
/** What the spans of one frame add up to, in milliseconds. */
struct FrameSums
{
    using Row = std::pair<ProfileSums::What, FramePart>;

    double allMs = 0, copyMs = 0, copiedBytes = 0, copies = 0, trims = 0;
    std::map<Row, double> rows;                  // they add up to allMs
    std::map<FramePart, double> issueMs, waitMs; // the host's; all of both add up to allMs
};

/** spans: those of one frame. */
FrameSums sumsOfFrame (std::span<const ProfileSpan> spans, bool onGpu);

/** The spans of each frame with speech in it, from number `from` on. */
std::vector<std::vector<ProfileSpan>> framesOf (std::span<const ProfileSpan> spans, std::int64_t from);
} // namespace tableread::engine
