// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Render/Frame/Compute.h"

namespace tableread::engine
{
/** Issues each operation when it comes, each sequence with tensors of its own: on a CPU always, on a GPU for prompts and
    where a tap wants to see everything. */
class EagerCompute : public FrameCompute
{
public:
    EagerCompute (VibeVoice& model, Sampler& sampler, const SpecialTokens& tokens);

    void pass (std::span<Sequence* const> sequences) override;
    void makeFrames (std::span<Sequence* const> sequences) override;
    void takeToken (Sequence& sequence, std::int64_t token) override;
    void endSpeech (Sequence& sequence) override;
    void leave (Sequence& sequence) override;

private:
    void finishFrame (Sequence& sequence, at::Tensor latent);
    void score (Sequence& sequence);

    VibeVoice& model;
    Sampler& sampler;
    kernels::Weight choices; // output rows of the four tokens that may come
    kernels::Weight allRows; // of the whole vocabulary; only made when a tap wants to see logits
};
} // namespace tableread::engine
