// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>
#include <span>

#include "Render/Frame/VibeVoice.h"

namespace tableread::engine
{
/** A voice's frames as input for the acoustic connector. */
struct EncodedVoice::Data
{
    at::Tensor means;    // [R, D] float32: the encoder's output
    at::Tensor features; // [R, D] float32: sampled with the voice's own noise, and scaled
};

/** samples at 24 kHz → encoder means [⌈n / hop⌉, D], in chunks: constant memory for any length. */
at::Tensor encodeMeans (const VibeVoice& model, std::span<const float> samples);

/** means [R, D] → features: mean + scalar · vaeStd · noise [R, D], then scaled. scalar is N(0, 1), one per voice. */
at::Tensor sampleVoice (const VibeVoice& model, const at::Tensor& means, float scalar,
                        const at::Tensor& noise);

/** encodeMeans and sampleVoice with noise keyed by the audio alone: a voice has one timbre, independent of the seed. */
EncodedVoice encodeVoice (const VibeVoice& model, const VoiceAudio& voice);
} // namespace tableread::engine
