// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "Offload/Config.h"

namespace tableread::engine
{
/** How long the parts of a frame take on a device. */
struct FrameTimes
{
    double layerMs = 0; // one decoder layer, computed
    double restMs = 0;  // diffusion, decoder, semantic encoder, and what the host does between frames
    double copyMs = 0;  // one layer over the link
};

struct FramePrediction
{
    double frameMs = 0;
    double exposedWaitMs = 0; // of that, the compute queue waiting for copies
    std::int64_t transfers = 0;
};

/** A frame in the steady state, found by running the scheduler itself on a modelled clock. */
FramePrediction predictFrame (const OffloadConfig& config, const FrameTimes& times);
} // namespace tableread::engine
