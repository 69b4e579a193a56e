// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "Measure/Profile/Sums.h"

namespace tableread::engine
{
/** The sums of one frame's spans, in milliseconds. */
struct FrameSums
{
    using Row = std::pair<ProfileSums::What, FramePart>;

    double allMs = 0, copyMs = 0, copiedBytes = 0, copies = 0, trims = 0;
    std::map<Row, double> rows;                  // their sum is allMs
    std::map<FramePart, double> issueMs, waitMs; // the host's; the sum of both is allMs
};

/** spans: those of one frame. */
FrameSums sumsOfFrame (std::span<const ProfileSpan> spans, bool onGpu);

/** The spans of each frame with speech, from frame `from` on. */
std::vector<std::vector<ProfileSpan>> framesOf (std::span<const ProfileSpan> spans, std::int64_t from);
} // namespace tableread::engine
