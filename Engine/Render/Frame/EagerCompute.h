// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "Render/Frame/Compute.h"
#include "Render/Frame/FrameNetwork.h"

namespace tableread::engine
{
/** Issues operations one by one, each sequence with its own tensors: always on a CPU; on a GPU for prompts and if a
    tap must see everything. */
class EagerCompute : public FrameCompute
{
public:
    explicit EagerCompute (FrameNetwork& network);

    void pass (std::span<Sequence* const> speaking, std::span<const PromptPiece> prompts) override;
    void makeFrames (std::span<Sequence* const> sequences) override;
    void takeToken (Sequence& sequence, std::int64_t token) override;
    void endSpeech (Sequence& sequence) override;
    void leave (Sequence&) override {}
    void park (Sequence& sequence) override;
    void resume (Sequence& sequence) override;

    /** Sets the scores of a sequence from its hidden state. */
    void score (Sequence& sequence);

private:
    /** One sequence's frame while it is made. */
    struct Frame
    {
        Sequence* sequence;
        at::Tensor latent, audio, heard; // heard: the audio on the host
        std::string name;                // for taps: "f3."
    };

    static FrameSlots slotsOf (const Frame& frame);
    FrameTaps tapsOf (const Frame& frame) const;
    Frame decoded (Sequence& sequence, at::Tensor latent) const;
    void connect (const Frame& frame) const;

    FrameNetwork& network;
    VibeVoice& model;
    kernels::Weight allRows; // of the whole vocabulary; only made if a tap needs the logits
};
} // namespace tableread::engine
