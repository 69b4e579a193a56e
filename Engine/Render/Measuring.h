// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "Offload/Profile.h"
#include "Render/Renderer.h"

namespace tableread::engine
{
/** What only measurements need of a loaded model: Renderer::measuring(). */
class Measuring
{
public:
    virtual ~Measuring() = default;

    /** Renderer::renderBatch, but each passage gets `exactFrames` frames, whatever the model chooses; 0: as many as it
        chooses. */
    virtual std::vector<RenderReport> renderMeasured (std::span<const Renderer::Job> jobs,
                                                      std::int64_t exactFrames) = 0;

    /** Bytes a second from pinned host memory to the GPU, measured now; 0 on a CPU. */
    virtual double measureLink() = 0;

    /** With Profiling::On: where time went since the load or the last call, ordered by begin, in milliseconds since the
        load. A step of the loop is a frame: on a CPU each part is a span of the host's, on a GPU the host's spans say what
        it issued and waited for, and the queues' when that was done. The spans' parts are FrameParts. */
    virtual std::vector<ProfileSpan> takeProfile() = 0;
};
} // namespace tableread::engine
