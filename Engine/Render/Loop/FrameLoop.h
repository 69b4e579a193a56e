// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <vector>

#include "Render/Frame/Compute.h"
#include "Render/Frame/FrameNetwork.h"
#include "Render/Loop/Preparation.h"
#include "Render/Pacing.h"

namespace tableread::engine
{
/** The loop that speaks: in each step, every sequence takes one token; those that took a frame sample a latent, decode
    it, encode its meaning and feed both back. Sequences join and leave between steps. Weights are read once per step
    for all sequences, and no bit of a sequence depends on the others.

    One step of a sequence, in the original's order: choose START, END, frame or end-of-text from the last hidden
    state; END clears the codec's contexts; START clears the negative branch; a frame is sampled from the hidden
    states of both branches; then one pass takes the next embedding. The negative branch consumes the same embedding
    as the positive one, so its row runs in the same pass, before it is known to be needed; if the next token is not
    a frame, the row is dropped.

    A sequence that has joined is prepared first: pieces of its voices are encoded after a step, and pieces of its prompt
    ride in a step's pass (Preparation.h). */
class FrameLoop
{
public:
    FrameLoop (VibeVoice& model, SpecialTokens tokens, LaunchMode mode = LaunchMode::Graphs);
    ~FrameLoop();

    /** Takes in a sequence. It stays in the loop until it is finished. */
    std::shared_ptr<Sequence> join (SequenceInput input);

    /** Takes one token for every sequence that speaks, and prepares others, also those that join in `whenFrameMade`. @returns
        whether any is unfinished that is not parked. */
    bool step (const std::function<void()>& whenFrameMade = {});

    /** Prepares all sequences now. */
    void prepareAll();

    /** The next prompts are computed whole. */
    void forgetPrompts() { preparation.forgetPrompts(); }

    /** Removes a sequence before it is finished: its report says Cancelled. */
    void leave (const std::shared_ptr<Sequence>& sequence);

    /** Removes all of them, with this failure. */
    void failAll (const std::exception_ptr& failure);

    void park (Sequence& sequence);
    void resume (Sequence& sequence);

    const std::list<std::shared_ptr<Sequence>>& sequences() const { return active; }

private:
    void chooseToken (Sequence& sequence);
    void makeFrames();
    void finish (Sequence& sequence, FinishReason reason);
    void removeFinished();
    std::vector<Sequence*> speaking() const;

    SpecialTokens special;
    FrameNetwork network;
    std::unique_ptr<FrameCompute> compute;
    Pacing pacing;
    Preparation preparation;
    std::list<std::shared_ptr<Sequence>> active;
    std::uint64_t lastId = 0;
};
} // namespace tableread::engine
