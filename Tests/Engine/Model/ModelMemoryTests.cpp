// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Model/ModelMemory.h"

using namespace tableread;
using namespace tableread::engine;

namespace
{
constexpr std::int64_t mib = 1 << 20;

std::unique_ptr<Checkpoint> mini()
{
    return Checkpoint::open (TABLEREAD_ROOT "/Assets/models/mini");
}
} // namespace

TEST_CASE ("A decoder layer is counted as it is packed", "[engine][model][offload]")
{
    const auto checkpoint = mini();
    // By hand: inputs of 448 are padded to 512, of 1216 to 1280; two norms and three biases are fp32.
    const std::int64_t attention = 4 * 448 * 512, mlp = 2 * 1216 * 512 + 448 * 1280, vectors = 5 * 448 * 4;
    CHECK (layerBytes (*checkpoint, {}) == 2 * (attention + mlp) + vectors);
    const std::int64_t scales = (5 * 448 + 2 * 1216) * 4;
    for (const auto format : { WeightsFormat::Int8, WeightsFormat::Float8 })
        CHECK (layerBytes (*checkpoint, { .weights = format }) == attention + mlp + vectors + scales);
    CHECK (layerBytes (*checkpoint, { .bfloat16 = false }) ==
           4 * (4 * 448 * 448 + 3 * 448 * 1216) + vectors); // fp32 as it is
}

TEST_CASE ("Memory beside the layers grows with what it is kept for", "[engine][model][offload]")
{
    const auto checkpoint = mini();
    const auto needs = memoryNeeds (*checkpoint, {});
    CHECK (needs.layers == 8);
    CHECK (needs.layerBytes >= layerBytes (*checkpoint, {}));
    CHECK (needs.layerBytes % (2 * mib) == 0);
    // Keys and values of two branches, each 8 layers of 7 heads, 4096 positions of 64 in bf16, in steps of 2 MiB.
    const std::int64_t branch = 8 * 7 * 4096 * 64 * 2;
    CHECK (needs.caches == 4 * branch);
    CHECK (memoryNeeds (*checkpoint, { .passages = 3 }).caches == 12 * branch);
    CHECK (memoryNeeds (*checkpoint, { .guided = false }).caches == 2 * branch);
    CHECK (memoryNeeds (*checkpoint, { .bfloat16 = false }).caches == 8 * branch);
    CHECK (memoryNeeds (*checkpoint, { .promptTokens = 2000 }).activations > needs.activations);
    CHECK (memoryNeeds (*checkpoint, { .passages = 2 }).activations > needs.activations);
    CHECK (memoryNeeds (*checkpoint, { .weights = WeightsFormat::Int8 }).otherWeights == needs.otherWeights);

    const MemoryAssumptions none { 0, 0, 0, 0, 0 };
    CHECK (memoryNeeds (*checkpoint, {}, none).context == 0);
    CHECK (memoryNeeds (*checkpoint, {}, none).voiceEncoder < needs.voiceEncoder);
}

TEST_CASE ("Weights beside the layers are at least their numbers and at most a little more",
           "[engine][model][offload]")
{
    const auto checkpoint = mini();
    std::int64_t parameters = 0;
    for (const std::string_view name : checkpoint->names())
        if (! name.starts_with ("model.language_model.") &&
            ! name.starts_with ("model.acoustic_tokenizer.encoder."))
        {
            std::int64_t elements = 1;
            for (const auto size : checkpoint->tensor (name).shape)
                elements *= size;
            parameters += elements;
        }
    const auto bytes = memoryNeeds (*checkpoint, {}).otherWeights;
    CHECK (bytes > 2 * parameters);
    CHECK (bytes < 3 * parameters + 24 * mib); // padding of narrow stages, and one block of middle tensors
    CHECK (memoryNeeds (*checkpoint, { .bfloat16 = false }).otherWeights > 4 * parameters);
}
