// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "Checkpoint/ConfigSection.h"
#include "Checkpoint/ModelConfig.h"

namespace tableread::engine
{
// Far above every released model, and far below what overflows a product of two or exhausts memory alone.
inline constexpr std::int64_t maxWidth = 1 << 17;
inline constexpr std::int64_t maxLayers = 1024;
inline constexpr std::int64_t maxVocabulary = 1 << 22;
inline constexpr std::int64_t maxPositionCount = 1 << 24;
inline constexpr std::int64_t maxRatio = 1024;
inline constexpr std::int64_t maxDepth = 256;
inline constexpr std::size_t maxRatioCount = 16;
inline constexpr std::int64_t maxHop = 1 << 20;
inline constexpr double leastEps = 1e-12, mostEps = 0.1;

/** The parts of a config.json that both layouts or several models share. All throw Exception InvalidInput, or
    Unsupported if the file asks for something that this engine does not compute. */
LanguageModelConfig readLanguageModel (const ConfigSection& part);

/** Official: the ratios of both halves are in the decoder's order, depths in each half's own. Values that a decoder
    omits are those of its encoder. */
CodecConfig readOfficialEncoder (const ConfigSection& part);
CodecConfig readOfficialDecoder (const ConfigSection& part, const CodecConfig& encoder);

/** Converted: one description, in the encoder's order, which the decoder mirrors. */
CodecConfig readConvertedEncoder (const ConfigSection& part);
CodecConfig mirrored (const CodecConfig& encoder);

/** Requires one depth more than ratios, and sane sizes of channels and hop. @returns the hop. */
std::int64_t checkCodec (const ConfigSection& part, const std::string& half, const CodecConfig& codec);
} // namespace tableread::engine
