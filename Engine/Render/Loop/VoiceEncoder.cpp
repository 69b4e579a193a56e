// SPDX-License-Identifier: Apache-2.0
#include "Render/Loop/VoiceEncoder.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <vector>
#include <xxhash.h>

#include "Core/Error.h"
#include "Network/Sampler/Philox.h"

namespace tableread::engine
{
namespace
{
constexpr std::int64_t framesOfAChunk = 8;
constexpr std::uint64_t scalarStream = ~0ULL; // the scalar's stream; frames use 0, 1, …
} // namespace

at::Tensor encodeMeans (const VibeVoice& model, std::span<const float> samples)
{
    const auto chunk = (std::size_t) (framesOfAChunk * model.config().frameSamples);
    CodecState state;
    std::vector<at::Tensor> means;
    model.acousticEncoder.use ([&] (const CodecEncoder& encoder) {
        for (std::size_t at = 0; at < samples.size(); at += chunk)
        {
            const auto part = samples.subspan (at, std::min (chunk, samples.size() - at));
            auto input =
                at::from_blob (const_cast<float*> (part.data()), { (std::int64_t) part.size() }, at::kFloat);
            means.push_back (encoder.encode (input.unsqueeze (0).to (model.device()), state)[0]);
        }
    });
    return at::cat (means);
}

at::Tensor sampleVoice (const VibeVoice& model, const at::Tensor& means, float scalar,
                        const at::Tensor& noise)
{
    return model.scaled (means + (scalar * (float) model.config().vaeStd) * noise.to (means.device()));
}

EncodedVoice encodeVoice (const VibeVoice& model, const VoiceAudio& voice)
{
    if (voice.samples.empty())
        fail (ErrorCode::InvalidInput,
              "voice \"" + voice.name + "\" has no samples. Choose a recording of 3 s or more.");
    const auto means = encodeMeans (model, voice.samples);
    const auto key = XXH3_64bits (voice.samples.data(), voice.samples.size() * sizeof (float));
    float scalar = 0;
    normals (key, NoiseDomain::Voice, scalarStream, { &scalar, 1 });
    auto noise = at::empty (means.sizes(), at::kFloat);
    const auto width = (std::size_t) means.size (1);
    for (std::int64_t r = 0; r < means.size (0); ++r)
        normals (key, NoiseDomain::Voice, (std::uint64_t) r,
                 { noise.mutable_data_ptr<float>() + r * (std::int64_t) width, width });
    return { std::make_shared<EncodedVoice::Data> (
        EncodedVoice::Data { means, sampleVoice (model, means, scalar, noise) }) };
}
} // namespace tableread::engine
