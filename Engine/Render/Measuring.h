// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "Offload/Profile.h"
#include "Render/Renderer.h"

namespace tableread::engine
{
/** What only measurements need from a loaded model: Renderer::measuring(). */
class Measuring
{
public:
    virtual ~Measuring() = default;

    /** Encodes the voices and computes the prompts of all passages in flight at once, without speaking. */
    virtual void prepareAll() = 0;

    /** Drops what earlier prompts left for later ones, so that the next one is computed whole. */
    virtual void forgetPrompts() = 0;

    /** Bytes per second from pinned host memory to the GPU, measured now; 0 on a CPU. */
    virtual double measureLink() = 0;

    /** With Profiling::On: where time went since the load or the last call, ordered by begin, in milliseconds since the
        load. A step of the loop is a frame. On a CPU each part is a host span; on a GPU host spans say what the host
        issued and waited for, and queue spans when that work ran. The spans' parts are FrameParts. */
    virtual std::vector<ProfileSpan> takeProfile() = 0;
};
} // namespace tableread::engine
