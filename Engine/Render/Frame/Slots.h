// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <span>

#include "Kernels/Attention.h"
#include "Kernels/Solver.h"
#include "Render/Frame/Graph.h"
#include "Render/Frame/PassGraphs.h"
#include "Render/Frame/Sequence.h"

namespace tableread::engine
{
/** The fixed buffers that graphs read and write, for B slots, and the graphs recorded on them. Rows 2s and 2s + 1
    are the branches of slot s. */
struct Slots
{
    Slots (const FrameNetwork& network, std::int64_t slots);

    /** Takes over the state of sequences from other slots, which it comes from in this order; the rest are silent. */
    void takeOver (const Slots& others, std::span<const std::int64_t> from);

    /** A slot's state, copied to the host, and back into a slot. */
    ParkedSlot take (std::int64_t slot) const;
    void put (std::int64_t slot, const ParkedSlot& parked);

    /** Resets a slot's codec contexts to silence. */
    void silence (std::int64_t slot);

    std::int64_t count;
    at::Tensor inputs, hidden, scores, noise, latents, audio, active;
    at::Tensor hostTable, hostNoise, hostActive, hostGuidance, hostAudio, hostScores; // pinned
    kernels::GuidedRows rows;
    kernels::AttentionRows attention;
    CodecState decoderState, semanticState;
    std::unique_ptr<PassGraphs> passGraphs;
    std::map<int, std::unique_ptr<Graph>> frameGraphs; // by diffusion steps
};
} // namespace tableread::engine
