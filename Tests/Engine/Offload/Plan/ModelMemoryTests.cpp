// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Offload/Plan/ModelMemory.h"
#include "Support/SafetensorsWriter.h"
#include "Support/TemporaryFolder.h"
#include "Support/TinyConfig.h"

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
    const std::int64_t attention = 4LL * 448 * 512, mlp = 2 * 1216 * 512 + 448 * 1280,
                       vectors = 5LL * 448 * 4;
    CHECK (layerBytes (*checkpoint, {}) == 2 * (attention + mlp) + vectors);
    const std::int64_t scales = 4LL * (5 * 448 + 2 * 1216);
    for (const auto format : { WeightsFormat::Int8, WeightsFormat::Float8 })
        CHECK (layerBytes (*checkpoint, { .weights = format }) == attention + mlp + vectors + scales);
    CHECK (layerBytes (*checkpoint, { .bfloat16 = false }) ==
           4LL * (4 * 448 * 448 + 3 * 448 * 1216) + vectors); // fp32 as it is
}

TEST_CASE ("Memory outside the layers grows with what it is kept for", "[engine][model][offload]")
{
    const auto checkpoint = mini();
    const auto needs = memoryNeeds (*checkpoint, {});
    CHECK (needs.layers == 8);
    CHECK (needs.layerBytes >= layerBytes (*checkpoint, {}));
    CHECK (needs.layerBytes % (2 * mib) == 0);
    // Keys and values of two branches, each 8 layers of 7 heads, 4096 positions of 64 in bf16, in steps of 2 MiB.
    const std::int64_t branch = 8LL * 7 * 4096 * 64 * 2;
    // And of 1024 positions of prefixes, one branch: below 10 MiB, so they share a block of 20 MiB.
    const std::int64_t prefixes = 20 * mib;
    CHECK (needs.caches == 4 * branch + prefixes);
    CHECK (memoryNeeds (*checkpoint, { .passages = 3 }).caches == 12 * branch + prefixes);
    CHECK (memoryNeeds (*checkpoint, { .guided = false }).caches == 2 * branch + prefixes);
    CHECK (memoryNeeds (*checkpoint, { .bfloat16 = false }).caches ==
           8 * branch + 2 * (8LL * 7 * 1024 * 64 * 4));
    CHECK (memoryNeeds (*checkpoint, { .promptTokens = 2000 }).activations > needs.activations);
    CHECK (memoryNeeds (*checkpoint, { .passages = 2 }).activations > needs.activations);
    CHECK (memoryNeeds (*checkpoint, { .weights = WeightsFormat::Int8 }).otherWeights == needs.otherWeights);

    const MemoryAssumptions none { 0, 0, 0, 0, 0 };
    CHECK (memoryNeeds (*checkpoint, {}, none).context == 0);
    CHECK (memoryNeeds (*checkpoint, {}, none).voiceEncoder < needs.voiceEncoder);
}

TEST_CASE ("A GPU gets as many seats as fit beside the layers, at least one and at most sixteen",
           "[engine][model][offload]")
{
    const auto checkpoint = mini();
    const OffloadConfig config { 8, 8, {}, {} };
    const auto peakOf = [&] (int passages) {
        auto needs = memoryNeeds (*checkpoint, { .passages = passages });
        needs.context = 0;
        CHECK (needs.encodesWhileSpeaking == (passages > 1));
        return peakBytes (needs, config.gpuLayers, config.settings.slots()) + needs.reserve;
    };
    const auto seats = [&] (std::int64_t free) { return mostPassages (*checkpoint, {}, config, free); };
    for (const int passages : { 1, 2, 3, 7, 15 })
    {
        CHECK (seats (peakOf (passages)) == passages);
        CHECK (seats (peakOf (passages + 1) - 1) == passages);
    }
    CHECK (seats (100LL << 30) == 16);
    CHECK (seats (0) == 1);
    const auto one = memoryNeeds (*checkpoint, {}), two = memoryNeeds (*checkpoint, { .passages = 2 });
    CHECK (peakBytes (two, 8, 2) == two.otherWeights + two.context + 8 * two.layerBytes + two.voiceEncoder +
                                        two.caches + two.activations); // a voice while another passage speaks
    CHECK (peakBytes (one, 8, 2) < one.otherWeights + one.context + 8 * one.layerBytes + one.voiceEncoder +
                                       one.caches + one.activations);
}

TEST_CASE ("A tensor's bytes on a GPU are those of its padded tiles", "[engine][model][offload]")
{
    const auto bytes = [] (std::string_view name, std::vector<std::int64_t> shape,
                           WeightsFormat format = WeightsFormat::AsComputed) {
        return bytesOnDevice (name, { DType::BFloat16, std::move (shape), {} }, {}, format);
    };
    CHECK (bytes ("a.norm.weight", { 100 }) == 400);
    CHECK (bytes ("a.bias", {}) == 4);
    CHECK (bytes ("a.o_proj.weight", { 16, 128 }) == 2LL * 16 * 128);
    CHECK (bytes ("a.o_proj.weight", { 17, 129 }) == 2LL * 32 * 256);
    CHECK (bytes ("a.gate_proj.weight", { 9, 128 }) == 2LL * 16 * 128); // half of a gated matrix: in eights
    CHECK (bytes ("a.up_proj.weight", { 24, 128 }) == 2LL * 24 * 128);
    CHECK (bytes ("a.down_proj.weight", { 24, 128 }) == 2LL * 32 * 128);
    CHECK (bytes ("a.o_proj.weight", { 17, 129 }, WeightsFormat::Int8) == 32 * 256 + 4 * 17);
    CHECK (bytes ("a.downsample_layers.1.0.conv.conv.weight", { 64, 32, 4 }) == 2LL * 64 * 128);
    CHECK (bytes ("a.convtr.convtr.weight", { 48, 20, 16 }) == 2LL * 8 * 20 * 128); // two taps of 48 inputs
    CHECK (bytes ("a.mixer.conv.conv.conv.weight", { 64, 1, 7 }) == 4LL * 64 * 7);
}

TEST_CASE ("Each tensor is counted in its place, or stays on the host", "[engine][model][offload]")
{
    const test::TemporaryFolder folder;
    test::writeFile (folder.path() / "config.json", test::tinyOfficialConfig().dump());
    const std::int64_t size = 12 * mib; // of a [3072, 2048] matrix in bf16, in a block of its own
    const std::string zeros (static_cast<std::size_t> (size), '\0');
    const auto needsWith = [&] (const std::vector<std::string>& names) {
        test::SafetensorsWriter writer;
        for (const auto& name : names)
            writer.add (name, "BF16", { 3072, 2048 }, zeros);
        writer.write (folder.path() / "model.safetensors");
        return memoryNeeds (*Checkpoint::open (folder.path()), {});
    };
    const auto none = needsWith ({});
    const auto host = needsWith ({ "model.language_model.embed_tokens.weight", "lm_head.weight" });
    CHECK (host.otherWeights == none.otherWeights);
    CHECK (host.voiceEncoder == none.voiceEncoder);
    const auto encoder = needsWith ({ "model.acoustic_tokenizer.encoder.stages.0.0.ffn.linear1.weight" });
    CHECK (encoder.otherWeights == none.otherWeights);
    CHECK (encoder.voiceEncoder == none.voiceEncoder + size);
    const auto head = needsWith ({ "model.prediction_head.cond_proj.weight",
                                   "model.acoustic_tokenizer.decoder.stages.0.0.ffn.linear1.weight",
                                   "model.semantic_tokenizer.encoder.stages.0.0.ffn.linear1.weight" });
    CHECK (head.otherWeights == none.otherWeights + 3 * size);
    CHECK (head.voiceEncoder == none.voiceEncoder);
    const auto layer = needsWith ({ "model.language_model.layers.1.self_attn.q_proj.weight" });
    CHECK (layer.otherWeights == none.otherWeights);
    CHECK (layer.layerBytes == size);
}

TEST_CASE ("A loading is planned as it is settled, with the passages that fit beside the layers",
           "[engine][model][offload]")
{
    const auto checkpoint = mini();
    OffloadRequest request;
    request.mode = OffloadRequest::Mode::Layers;
    request.gpuLayers = 3;
    auto needs = memoryNeeds (*checkpoint, MemorySettings::of (request.settings, true));
    needs.context = 0;
    const auto free = 4 * (peakBytes (needs, 8, 2) + needs.reserve);
    const auto one = planLoad (*checkpoint, request, true, { free, "cuda:0" });
    CHECK (one.config.gpuLayers == 3);
    CHECK (one.config.settings.passages == 1);
    CHECK (one.needs.context == 0);
    CHECK (one.needs.caches == needs.caches);

    request.settings.passages = 0;
    const auto many = planLoad (*checkpoint, request, true, { free, "cuda:0" });
    const auto passages = many.config.settings.passages;
    CHECK (passages ==
           mostPassages (*checkpoint, MemorySettings::of (request.settings, true), one.config, free));
    CHECK (passages > 1);
    CHECK (many.needs.caches > needs.caches);
    CHECK (many.needs.context == 0);
    CHECK_THROWS_AS (planLoad (*checkpoint, request, true, { peakBytes (needs, 3, 2) - 1, "cuda:0" }),
                     Exception);
}
