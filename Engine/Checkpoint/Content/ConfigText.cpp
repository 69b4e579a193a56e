// SPDX-License-Identifier: Apache-2.0
// Each struct is taken apart as a whole, so that a member that is added later does not compile before it has its place here.
#include "Checkpoint/Content/ConfigText.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

namespace tableread::engine
{
namespace
{
std::string inText (std::int64_t number)
{
    return std::to_string (number);
}

/** All bits of it. */
std::string inText (double number)
{
    std::array<char, 40> text {};
    std::snprintf (text.data(), text.size(), "%a", number);
    return text.data();
}

std::string inText (const std::vector<std::int64_t>& numbers)
{
    std::string text = "[";
    for (const auto number : numbers)
        text += ' ' + inText (number);
    return text + " ]";
}

template <typename... Values>
std::string line (std::string_view name, const Values&... values)
{
    std::string text (name);
    ((text += ' ' + inText (values)), ...);
    return text + '\n';
}

std::string textOf (const LanguageModelConfig& c)
{
    const auto& [hidden, intermediate, layers, heads, kvHeads, headDim, vocabulary, maxPositions, normEps,
                 ropeTheta] = c;
    return line ("language model", hidden, intermediate, layers, heads, kvHeads, headDim, vocabulary,
                 maxPositions, normEps, ropeTheta);
}

std::string textOf (std::string_view name, const CodecConfig& c)
{
    const auto& [filters, ratios, depths, dimension, normEps] = c;
    return line (name, filters, ratios, depths, dimension, normEps);
}

std::string textOf (const DiffusionHeadConfig& c)
{
    const auto& [hidden, latent, layers, ffn, normEps, trainSteps] = c;
    return line ("diffusion head", hidden, latent, layers, ffn, normEps, trainSteps);
}
} // namespace

std::string textOf (const ModelConfig& config)
{
    // The checkpoint itself says whether it is tied, and what its quantiser left; the tokenizer is known by its content.
    const auto& [languageModel, acousticEncoder, acousticDecoder, semanticEncoder, diffusionHead, tied,
                 vaeStd, frameSamples, targetDbFs, normalizerEps, guidanceScale, languageModelName,
                 quantiser] = config;
    return textOf (languageModel) + textOf ("acoustic encoder", acousticEncoder) +
           textOf ("acoustic decoder", acousticDecoder) + textOf ("semantic encoder", semanticEncoder) +
           textOf (diffusionHead) + line ("voices", vaeStd, frameSamples, targetDbFs, normalizerEps) +
           line ("guidance scale", static_cast<double> (config.defaultGuidance()));
}
} // namespace tableread::engine
