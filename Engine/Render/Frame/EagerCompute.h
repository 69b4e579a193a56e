// SPDX-License-Identifier: Apache-2.0
#pragma once

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

    void pass (std::span<Sequence* const> sequences) override;
    void makeFrames (std::span<Sequence* const> sequences) override;
    void takeToken (Sequence& sequence, std::int64_t token) override;
    void endSpeech (Sequence& sequence) override;
    void leave (Sequence& sequence) override;

private:
    void finishFrame (Sequence& sequence, at::Tensor latent);
    void score (Sequence& sequence);

    FrameNetwork& network;
    VibeVoice& model;
    kernels::Weight allRows; // of the whole vocabulary; only made if a tap needs the logits
};
} // namespace tableread::engine
