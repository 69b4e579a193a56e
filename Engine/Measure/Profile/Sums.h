// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "Measure/Spread.h"
#include "Offload/Profile.h"

namespace tableread::engine
{
/** What the spans of a profile add up to, a frame. */
struct ProfileSums
{
    enum class What
    {
        Compute,     // of a part
        ExposedWait, // for copies: the GPU has nothing else to do
        Trims,       // the GPU has nothing to do because of one
        Launch       // all else: launches on a GPU; on a CPU what is between the parts
    };

    /** The rows of one frame add up to that frame. */
    struct Row
    {
        What what = What::Compute;
        FramePart part = FramePart::None;
        Spread ms;
        double share = 0; // of all frames' time
    };

    /** The copy queue, at work beside all that. */
    struct Copies
    {
        Spread ms;
        double share = 0;
        double layers = 0, bytes = 0; // a frame, medians
        double bytesPerSecond = 0;    // while it copied
    };

    /** A part as the host sees it: at first it issues work, then it waits for the GPU. */
    struct HostPart
    {
        FramePart part = FramePart::None; // None: between the parts
        Spread issueMs, waitMs;
    };

    std::int64_t frames = 0; // that were added up
    bool onGpu = false;
    Spread frameMs;
    std::vector<Row> rows;
    Copies copies;
    std::int64_t trims = 0;     // in all frames
    std::vector<HostPart> host; // empty on a CPU, where issuing is computing
};

/** Adds up all frames with speech in them, but for the first ones, in which graphs are recorded and clocks rise. */
ProfileSums sumsOf (std::span<const ProfileSpan> spans, std::int64_t settlingFrames);
} // namespace tableread::engine
