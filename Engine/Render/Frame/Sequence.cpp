// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/Sequence.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <cmath>
#include <limits>
#include <string>

#include "Core/Error.h"
#include "Device/KernelSizes.h"

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
        fail (ErrorCode::OutOfRange, "the passage and its voices take " + std::to_string (prompt) +
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

std::int64_t Sequence::promptBlockEnd (std::int64_t row) const
{
    const auto prefix = input.prefixRows;
    const auto begin = row < prefix ? 0 : prefix,
               end = row < prefix ? prefix : (std::int64_t) input.ids.size();
    return std::min (end, begin + ((row - begin) / kernels::promptBlock + 1) * kernels::promptBlock);
}

EncodedVoice* Sequence::voiceToEncode() const
{
    for (const auto& voice : input.voices)
        if (voice->framesLeft() > 0)
            return voice.get();
    return nullptr;
}

at::Tensor Sequence::connectedVoices (const VibeVoice& model, std::int64_t first, std::int64_t count)
{
    const auto connect = [&] (const at::Tensor& features) {
        auto rows = model.acousticConnector (features.to (model.device()));
        tap (input.tap, "voice.ac_embed", rows);
        return rows;
    };
    if (! model.device().is_cuda())
        return connect (input.voiceFeatures.narrow (0, first, count));
    if (! voiceRows.defined())
        voiceRows = connect (input.voiceFeatures);
    return voiceRows.narrow (0, first, count);
}

at::Tensor Sequence::promptRows (const VibeVoice& model, std::int64_t first, std::int64_t rows)
{
    auto embedded = model.languageModel.embed ({ input.ids.data() + first, (std::size_t) rows });
    const auto& positions = input.voicePositions;
    const auto begin = std::ranges::lower_bound (positions, first) - positions.begin();
    const auto end = std::ranges::lower_bound (positions, first + rows) - positions.begin();
    if (begin == end)
        return embedded;
    TORCH_CHECK (input.voiceFeatures.defined() &&
                 input.voiceFeatures.size (0) == (std::int64_t) positions.size());
    const auto voices = connectedVoices (model, begin, end - begin);
    for (auto i = begin, next = i; i < end; i = next)
    {
        const auto place = positions[(std::size_t) i];
        while (next < end && positions[(std::size_t) next] == place + (next - i)) // a voice's are neighbours
            ++next;
        embedded.narrow (0, place - first, next - i).copy_ (voices.narrow (0, i - begin, next - i));
    }
    if (end == (std::int64_t) positions.size())
        voiceRows.reset();
    return embedded;
}

void Sequence::moveCaches (at::Device device)
{
    for (auto* cache : { &positive, &negative })
        cache->moveTo (device);
    for (auto* state : { &decoderState, &semanticState })
        for (auto& context : state->contexts)
            context = context.to (device);
    for (auto* tensor : { &nextInput, &hidden, &uncondition, &voiceRows })
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
