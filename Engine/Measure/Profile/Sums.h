// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "Measure/Spread.h"
#include "Render/FramePart.h"

namespace tableread::engine
{
/** The sums of a profile's spans, per frame. */
struct ProfileSums
{
    enum class What
    {
        Compute,     // of a part
        ExposedWait, // for copies, while the GPU has nothing else to do
        Trims,       // the GPU is idle because of a trim
        Launch       // all else: launches on a GPU; time between the parts on a CPU
    };

    /** The rows of one frame add up to that frame. */
    struct Row
    {
        What what = What::Compute;
        FramePart part = FramePart::None;
        Spread ms;
        double share = 0; // of all frames' time
    };

    /** The copy queue, which works concurrently. */
    struct Copies
    {
        Spread ms;
        double share = 0;
        double layers = 0, bytes = 0; // per frame, medians
        double bytesPerSecond = 0;    // while copying
    };

    /** A part as the host sees it: first it issues work, then it waits for the GPU. */
    struct HostPart
    {
        FramePart part = FramePart::None; // None: between the parts
        Spread issueMs, waitMs;
    };

    std::int64_t frames = 0; // the number of frames in the sums
    bool onGpu = false;
    Spread frameMs;
    std::vector<Row> rows;
    Copies copies;
    std::int64_t trims = 0;     // in all frames
    std::vector<HostPart> host; // empty on a CPU, which computes as it issues
};

/** Adds up all frames with speech except the first ones, in which graphs are recorded and GPU clocks rise. */
ProfileSums sumsOf (std::span<const ProfileSpan> spans, std::int64_t settlingFrames);
} // namespace tableread::engine
