// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <memory>
#include <span>

#include "Render/Frame/Compute.h"

namespace tableread::engine
{
/** How a GPU gets its work; a CPU always works operation by operation. */
enum class LaunchMode
{
    Graphs, // a step is recorded once and repeated as a whole
    Eager
};

/** The loop that speaks: each step, every sequence takes one token; those that took a frame sample a latent, decode
    it, encode its meaning and feed both back. Sequences join and leave between steps; weights are read once a step
    for all, and none of a sequence's bits depend on the others.

    One step of a sequence, in the original's order: choose START, END, frame or end-of-text by the last hidden
    state; END empties the codec's contexts; START empties the negative branch; a frame is sampled from the hidden
    states of both branches; then one pass takes the next embedding. The negative branch consumes the same embedding
    as the positive one, so its row runs in the same pass, before it is known to be needed; if the next token is no
    frame, the row is dropped. */
class FrameLoop
{
public:
    FrameLoop (VibeVoice& model, SpecialTokens tokens, LaunchMode mode = LaunchMode::Graphs);
    ~FrameLoop();

    /** Prepares a sequence and runs its prompt. It stays in the loop until it is finished. */
    std::shared_ptr<Sequence> join (SequenceInput input);

    /** One token for every sequence. @returns whether any is unfinished. */
    bool step();

    /** Takes a sequence out before it is finished: its report says Cancelled. */
    void leave (const std::shared_ptr<Sequence>& sequence);

private:
    void chooseToken (Sequence& sequence);
    void finish (Sequence& sequence, FinishReason reason);

    VibeVoice& weights;
    SpecialTokens special;
    Sampler sampler;
    std::unique_ptr<FrameCompute> compute;
    std::list<std::shared_ptr<Sequence>> active;
};
} // namespace tableread::engine
