// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "Kernels/Attention.h"
#include "Kernels/Solver.h"
#include "Render/Frame/Graph.h"
#include "Render/Frame/PassGraphs.h"

namespace tableread::engine
{
/** The fixed places that graphs read and write, for B slots, and the graphs that were recorded on them. Rows 2s and 2s + 1
    are the branches of slot s. */
struct Slots
{
    Slots (const FrameNetwork& network, int slots);

    /** What the sequences in fewer slots remember moves here. */
    void takeOver (const Slots& fewer);

    /** The codec's contexts of a slot become silence. */
    void silence (int slot);

    int count;
    at::Tensor inputs, hidden, scores, noise, latents, audio, active;
    at::Tensor hostTable, hostNoise, hostActive, hostGuidance, hostAudio, hostScores; // pinned
    kernels::GuidedRows rows;
    kernels::AttentionRows attention;
    CodecState decoderState, semanticState;
    std::unique_ptr<PassGraphs> passGraphs;
    std::map<int, std::unique_ptr<Graph>> frameGraphs; // by diffusion steps
};
} // namespace tableread::engine
