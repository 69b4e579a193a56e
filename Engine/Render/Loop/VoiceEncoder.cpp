// SPDX-License-Identifier: Apache-2.0
#include "Render/Loop/VoiceEncoder.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/InferenceMode.h>
#include <utility>
#include <vector>
#include <xxhash.h>

#include "Core/Error.h"
#include "Network/Sampler/Philox.h"

namespace tableread::engine
{
namespace
{
constexpr std::int64_t framesOfAChunk = 8; // a GPU's sums depend on the chunks, so they are always the same
constexpr std::uint64_t scalarStream = ~0ULL; // the scalar's stream; frames use 0, 1, …
} // namespace

at::Tensor encodeMeans (const VibeVoice& model, std::span<const float> samples, CodecState& state)
{
    const auto chunk = (std::size_t) (framesOfAChunk * model.config().frameSamples); // constant memory
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

at::Tensor encodeMeans (const VibeVoice& model, std::span<const float> samples)
{
    CodecState state;
    return encodeMeans (model, samples, state);
}

at::Tensor sampleVoice (const VibeVoice& model, const at::Tensor& means, float scalar,
                        const at::Tensor& noise)
{
    return model.scaled (means + (scalar * (float) model.config().vaeStd) * noise.to (means.device()));
}

TorchVoice::TorchVoice (const VibeVoice& of, std::shared_ptr<const VoiceAudio> wanted)
    : model (of)
    , audio (std::move (wanted))
{
    if (audio->samples.empty())
        fail (ErrorCode::InvalidInput,
              "voice \"" + audio->name + "\" has no samples. Choose a recording of 3 s or more.");
    const auto hop = model.config().frameSamples;
    total = ((std::int64_t) audio->samples.size() + hop - 1) / hop;
}

void TorchVoice::encode (std::int64_t frames)
{
    if (frames <= 0 || framesLeft() == 0)
        return;
    const auto whole = (frames + framesOfAChunk - 1) / framesOfAChunk * framesOfAChunk;
    const auto count = std::min (model.device().is_cuda() ? whole : frames, framesLeft());
    const c10::InferenceMode noGradients;
    const c10::DeviceGuard onDevice (model.device());
    const std::span<const float> samples (audio->samples);
    const auto hop = (std::size_t) model.config().frameSamples;
    const auto begin = (std::size_t) done * hop;
    parts.push_back (encodeMeans (
        model, samples.subspan (begin, std::min ((std::size_t) count * hop, samples.size() - begin)), state));
    done += count;
    if (framesLeft() > 0)
        return;

    encoded = at::cat (parts);
    const auto key = XXH3_64bits (samples.data(), samples.size_bytes());
    float scalar = 0;
    normals (key, NoiseDomain::Voice, scalarStream, { &scalar, 1 });
    auto noise = at::empty (encoded.sizes(), at::kFloat);
    const auto width = (std::size_t) encoded.size (1);
    for (std::int64_t r = 0; r < encoded.size (0); ++r)
        normals (key, NoiseDomain::Voice, (std::uint64_t) r,
                 { noise.mutable_data_ptr<float>() + r * (std::int64_t) width, width });
    sampled = sampleVoice (model, encoded, scalar, noise);
    parts.clear();
    state = {};
    audio.reset();
}
} // namespace tableread::engine
