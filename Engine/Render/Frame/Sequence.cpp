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
    nextInput = model.languageModel.embed (input.ids);
    if (! input.voiceFeatures.defined())
        return;
    TORCH_CHECK (input.voiceFeatures.size (0) == (std::int64_t) input.voicePositions.size());
    auto embedded = model.acousticConnector (input.voiceFeatures.to (model.device()));
    tap (input.tap, "voice.ac_embed", embedded);
    for (std::size_t i = 0; i < input.voicePositions.size(); ++i)
        nextInput[input.voicePositions[i]].copy_ (embedded[(std::int64_t) i]);
}
} // namespace tableread::engine
