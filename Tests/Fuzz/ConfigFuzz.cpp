// SPDX-License-Identifier: Apache-2.0
// Input: config.json, preprocessor_config.json, model.safetensors.index.json and generation_config.json, a zero byte
// between them. What is accepted must be numbers that a model can be built from, and shards next to their index.
#include "Checkpoint/ModelConfig.h"
#include "Checkpoint/Safetensors/ShardIndex.h"
#include "Fuzz/FuzzChecks.h"

using namespace tableread::engine;
using tableread::test::acceptsOrRefuses;
using tableread::test::mustHold;

namespace
{
void checkCodec (const CodecConfig& codec, std::int64_t frameSamples)
{
    std::int64_t hop = 1;
    for (const auto ratio : codec.ratios)
    {
        mustHold (ratio >= 1, "positive ratios");
        hop *= ratio;
    }
    mustHold (hop == frameSamples, "all parts have one hop");
    mustHold (codec.depths.size() == codec.ratios.size() + 1, "a depth for each stage");
    for (const auto depth : codec.depths)
        mustHold (depth >= 1, "positive depths");
    mustHold (codec.filters >= 1 && codec.dimension >= 1 && codec.normEps > 0, "positive sizes");
}

void checkConfig (const ModelConfig& c)
{
    const auto& lm = c.languageModel;
    mustHold (lm.hidden >= 1 && lm.intermediate >= 1 && lm.layers >= 1 && lm.vocabulary >= 1 &&
                  lm.maxPositions >= 1,
              "positive sizes");
    mustHold (lm.heads >= 1 && lm.kvHeads >= 1 && lm.heads % lm.kvHeads == 0, "key-value heads divide heads");
    mustHold (lm.headDim >= 2 && lm.headDim % 2 == 0, "an even head");
    mustHold (lm.normEps > 0 && lm.ropeTheta >= 1, "positive eps and theta");
    checkCodec (c.acousticEncoder, c.frameSamples);
    checkCodec (c.acousticDecoder, c.frameSamples);
    checkCodec (c.semanticEncoder, c.frameSamples);
    mustHold (c.diffusionHead.hidden == lm.hidden && c.diffusionHead.latent == c.acousticEncoder.dimension,
              "parts fit");
    mustHold (c.acousticDecoder.dimension == c.acousticEncoder.dimension, "both halves of the codec fit");
    mustHold (c.diffusionHead.layers >= 1 && c.diffusionHead.ffn >= 1 && c.diffusionHead.trainSteps >= 2,
              "positive sizes");
    mustHold (c.defaultGuidance() >= 0 && c.defaultGuidance() <= 100, "a usable guidance scale");
    mustHold (c.vaeStd >= 0 && c.targetDbFs <= 0 && c.normalizerEps >= 0, "a usable normaliser");
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput (const std::uint8_t* data, std::size_t size)
{
    const auto parts = tableread::test::splitInput (data, size, 4);

    ModelConfig config;
    if (acceptsOrRefuses ([&] { config = ModelConfig::parse (parts[0], parts[1], parts[3], "config.json"); }))
        checkConfig (config);

    ShardIndex index;
    if (acceptsOrRefuses ([&] { index = ShardIndex::parse (parts[2], "model.safetensors.index.json"); }))
    {
        mustHold (! index.shards.empty() && ! index.shardOf.empty(), "an index names something");
        for (const auto& shard : index.shards)
            mustHold (std::filesystem::path (shard).filename() == shard && shard != "..",
                      "a plain file name");
    }
    return 0;
}
