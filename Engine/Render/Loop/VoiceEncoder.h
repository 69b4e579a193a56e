// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>
#include <memory>
#include <span>
#include <vector>

#include "Render/Frame/VibeVoice.h"

namespace tableread::engine
{
/** A voice's frames as input for the acoustic connector. */
class TorchVoice : public EncodedVoice
{
public:
    /** @throws InvalidInput if there are no samples. The model must outlive this object. */
    TorchVoice (const VibeVoice& model, std::shared_ptr<const VoiceAudio> audio);

    std::int64_t framesLeft() const override { return total - done; }
    void encode (std::int64_t frames) override;

    std::int64_t frames() const { return total; } // that it takes in a prompt
    bool isOf (const VibeVoice& other) const { return &model == &other; }

    /** Once it is complete: the encoder's output [frames, D] float32, and the same sampled with the voice's own noise and
        scaled. */
    const at::Tensor& means() const { return encoded; }
    const at::Tensor& features() const { return sampled; }

private:
    const VibeVoice& model;
    std::shared_ptr<const VoiceAudio> audio; // until it is complete
    std::int64_t total = 0, done = 0;        // frames
    CodecState state;
    std::vector<at::Tensor> parts;
    at::Tensor encoded, sampled;
};

/** samples at 24 kHz → encoder means [⌈n / hop⌉, D]. Of a stream, every part but the last is a multiple of the hop. */
at::Tensor encodeMeans (const VibeVoice& model, std::span<const float> samples, CodecState& state);

/** Of a whole recording. */
at::Tensor encodeMeans (const VibeVoice& model, std::span<const float> samples);

/** means [R, D] → features: mean + scalar · vaeStd · noise [R, D], then scaled. scalar is N(0, 1), one per voice. */
at::Tensor sampleVoice (const VibeVoice& model, const at::Tensor& means, float scalar,
                        const at::Tensor& noise);
} // namespace tableread::engine
