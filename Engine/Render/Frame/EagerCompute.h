// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "Render/Frame/Compute.h"
#include "Render/Frame/FrameNetwork.h"

namespace tableread::engine
{
/** Issues operations one by one, each sequence with its own tensors: always on a CPU, where sequences join for their
    frames; on a GPU for prompts and if a tap must see everything. */
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
    /** A frame of each of some sequences, while they are made together. */
    struct Frames
    {
        FrameSlots slots() { return { latents, decoder, semantic }; }

        std::span<Sequence* const> sequences;
        at::Tensor latents, audio {}, heard {}; // heard: the audio on the host
        CodecState decoder, semantic;
        std::string name; // for a tap: "f3."
    };

    std::size_t together (std::span<Sequence* const> sequences) const;
    FrameTaps tapsOf (const Frames& frames) const;
    Frames decoded (std::span<Sequence* const> sequences, at::Tensor latents) const;
    void connect (Frames& frames) const;

    FrameNetwork& network;
    VibeVoice& model;
    kernels::Weight allRows; // of the whole vocabulary; only made if a tap needs the logits
};
} // namespace tableread::engine
