// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/Sequence.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <cmath>
#include <limits>
#include <string>

#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
/** The most generated tokens: limited by the positions left and by the original's multiple of the prompt. */
std::int64_t limitOfTokens (const VibeVoice& model, const SequenceInput& input)
{
    const auto prompt = (std::int64_t) input.ids.size();
    const auto positions = model.config().languageModel.maxPositions;
    if (prompt >= positions)
        fail (ErrorCode::InvalidInput, "the passage and its voices take " + std::to_string (prompt) +
                                           " positions, the model has " + std::to_string (positions) +
                                           ". Split the passage, or use shorter voice recordings.");
    if (input.tokenLimit > 0)
        return std::min (input.tokenLimit, positions - prompt);
    const auto times = input.settings.maxLengthTimes;
    return times > 0 ? std::min (positions - prompt, (std::int64_t) (times * (double) prompt))
                     : positions - prompt;
}

std::int64_t limitOfFrames (const VibeVoice& model, const RenderSettings& settings)
{
    if (settings.maxSeconds <= 0)
        return std::numeric_limits<std::int64_t>::max();
    return (std::int64_t) std::ceil (settings.maxSeconds * 24'000.0 / (double) model.config().frameSamples);
}
} // namespace

Sequence::Sequence (const VibeVoice& model, SequenceInput from)
    : input (std::move (from))
    , guidanceScale (input.settings.guidanceScale.value_or (model.config().defaultGuidance()))
    , tokenLimit (limitOfTokens (model, input))
    , frameLimit (limitOfFrames (model, input.settings))
    , positive (model.config().languageModel, (std::int64_t) input.ids.size() + tokenLimit,
                model.storeOptions())
    , negative (model.config().languageModel, tokenLimit + 1, model.storeOptions())
{
    report.promptTokens = (std::int64_t) input.ids.size();
}

EncodedVoice* Sequence::voiceToEncode() const
{
    for (const auto& voice : input.voices)
        if (voice->framesLeft() > 0)
            return voice.get();
    return nullptr;
}

at::Tensor Sequence::promptRows (const VibeVoice& model, std::int64_t first, std::int64_t rows) const
{
    auto embedded = model.languageModel.embed ({ input.ids.data() + first, (std::size_t) rows });
    const auto& positions = input.voicePositions;
    const auto begin = std::ranges::lower_bound (positions, first) - positions.begin();
    const auto end = std::ranges::lower_bound (positions, first + rows) - positions.begin();
    if (begin == end)
        return embedded;
    TORCH_CHECK (input.voiceFeatures.defined() &&
                 input.voiceFeatures.size (0) == (std::int64_t) positions.size());
    auto voice =
        model.acousticConnector (input.voiceFeatures.narrow (0, begin, end - begin).to (model.device()));
    tap (input.tap, "voice.ac_embed", voice);
    for (auto i = begin; i < end; ++i)
        embedded[positions[(std::size_t) i] - first].copy_ (voice[i - begin]);
    return embedded;
}

void Sequence::moveCaches (at::Device device)
{
    for (auto* cache : { &positive, &negative })
        cache->moveTo (device);
    for (auto* state : { &decoderState, &semanticState })
        for (auto& context : state->contexts)
            context = context.to (device);
    for (auto* tensor : { &nextInput, &hidden, &uncondition })
        if (tensor->defined())
            *tensor = tensor->to (device);
}

void Sequence::attempt (const std::function<void()>& work)
{
    if (failure != nullptr)
        return;
    try
    {
        work();
    }
    catch (...)
    {
        failure = std::current_exception();
    }
}

void Sequence::tellFrame (std::span<const float> samples)
{
    if (report.frames++ == 0)
        report.firstFrameMs = millisecondsSinceBegun();
    if (input.events.onFrame)
        attempt ([&] { input.events.onFrame (samples); });
}

void Sequence::tellLatent (const at::Tensor& latent)
{
    if (! input.events.onLatent)
        return;
    const auto seen = latent.cpu();
    attempt ([&] { input.events.onLatent ({ seen.const_data_ptr<float>(), (std::size_t) seen.numel() }); });
}
} // namespace tableread::engine
