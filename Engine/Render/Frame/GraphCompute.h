// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "Render/Frame/EagerCompute.h"

namespace tableread::engine
{
/** Steps on a GPU as captured graphs: the language model's pass and the four scores (PassGraphs), and a frame (diffusion,
    decoder, semantic encoder, connectors) in one, so that a step costs a few launches and not a thousand. Sequences sit in the
    slots of a batch; the graphs work on all slots, and what an empty or pausing slot computes is not used. Prompts run
    eagerly. A row's bits do not depend on the number of slots, so sequences may come and go.

    The batch grows as sequences join (1, 2, 4, 8, 16 slots), and graphs are captured anew then and when a sequence grows
    out of the positions that they were captured for. */
class GraphCompute : public FrameCompute
{
public:
    static constexpr int maxSlots = 16;

    GraphCompute (VibeVoice& model, Sampler& sampler, const SpecialTokens& tokens);
    ~GraphCompute() override;

    void pass (std::span<Sequence* const> sequences) override;
    void makeFrames (std::span<Sequence* const> sequences) override;
    void takeToken (Sequence& sequence, std::int64_t token) override;
    void endSpeech (Sequence& sequence) override;
    void leave (Sequence& sequence) override;

private:
    struct Slots;

    void place (Sequence& sequence);
    void resize (int slots);
    void waitFor (FramePart part);

    VibeVoice& model;
    Sampler& sampler;
    EagerCompute eager;
    kernels::Weight choices;
    std::unique_ptr<Slots> slots;
    std::vector<Sequence*> seated; // by slot; null: empty
};
} // namespace tableread::engine
