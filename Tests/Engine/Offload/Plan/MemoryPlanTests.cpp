// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Core/Error.h"
#include "Offload/Plan/MemoryPlan.h"
#include "Support/Failure.h"

using namespace tableread;
using namespace tableread::engine;
using Catch::Contains;

namespace
{
constexpr std::int64_t gib = 1LL << 30;

/** 28 layers of half a GiB, 3 GiB of other memory, a quarter of a GiB of reserve. */
MemoryNeeds sevenB()
{
    return { .layers = 28,
             .layerBytes = gib / 2,
             .otherWeights = 2 * gib,
             .voiceEncoder = gib / 2,
             .caches = gib / 2,
             .activations = gib / 2,
             .context = 0,
             .reserve = gib / 4 };
}

template <typename Action>
std::string refusal (Action&& action)
{
    return test::failureOf (action).message;
}

OffloadRequest asking (OffloadRequest::Mode mode, std::int64_t layers = 0, std::string preset = {})
{
    return { mode, layers, std::move (preset), {} };
}
} // namespace

TEST_CASE ("The peak is the sum of its terms, with slots only for layers that are offloaded",
           "[engine][offload]")
{
    const auto needs = sevenB();
    CHECK (peakBytes (needs, 8, 2) == 3 * gib + 10 * gib / 2);
    CHECK (peakBytes (needs, 27, 2) == 3 * gib + 28 * gib / 2); // one offloaded layer needs one slot
    CHECK (peakBytes (needs, 28, 2) == 3 * gib + 28 * gib / 2);
    CHECK (peakBytes (needs, 0, 4) == 3 * gib + 4 * gib / 2);

    auto voices = needs;
    voices.voiceEncoder = 2 * gib; // the encoder is gone by the time there are caches and activations
    CHECK (peakBytes (voices, 8, 2) == 4 * gib + 10 * gib / 2);
}

TEST_CASE ("Auto keeps as many layers as fit with the reserve, and not one more", "[engine][offload]")
{
    const auto needs = sevenB();
    for (std::int64_t free = 3 * gib; free < 20 * gib; free += gib / 8)
    {
        const auto most = mostLayers (needs, 2, free);
        CAPTURE (free, most.value_or (-1));
        if (most)
            CHECK (peakBytes (needs, *most, 2) + needs.reserve <= free);
        else
            CHECK (peakBytes (needs, 0, 2) + needs.reserve > free);
        if (most && *most < 28)
            CHECK (peakBytes (needs, *most + 1, 2) + needs.reserve > free);
    }
    CHECK (settle (asking (OffloadRequest::Mode::Auto), needs, 10 * gib, "cuda:0").gpuLayers == 11);
    CHECK (settle (asking (OffloadRequest::Mode::Auto), needs, 80 * gib, "cuda:0").gpuLayers == 28);
}

TEST_CASE ("Without an option everything is resident if it fits, else what fits, and it says so",
           "[engine][offload]")
{
    const auto wide = settle ({}, sevenB(), 80 * gib, "cuda:0");
    CHECK (wide.gpuLayers == 28);
    CHECK (wide.chosenBy == "all fit");
    const auto narrow = settle ({}, sevenB(), 10 * gib, "cuda:0");
    CHECK (narrow.gpuLayers == 11);
    CHECK (narrow.chosenBy == "as many as fit 10.00 GiB");
}

TEST_CASE ("What cannot fit is refused, with the number of layers that would", "[engine][offload][errors]")
{
    const auto needs = sevenB();
    CHECK_THAT (
        refusal ([&] { settle (asking (OffloadRequest::Mode::Layers, 12), needs, 9 * gib, "cuda:0"); }),
        Contains ("12 layers need 10.0 GiB on cuda:0, 9.0 GiB are free. Lower --gpu-layers to 9, or use "
                  "--weights int8."));
    CHECK_THAT (refusal ([&] { settle (asking (OffloadRequest::Mode::None), needs, 9 * gib, "cuda:0"); }),
                Contains ("28 layers need 17.0 GiB"));
    OffloadRequest packed;
    packed.settings.weights = WeightsFormat::Int8;
    packed.settings.prefetch = 0;
    CHECK_THAT (
        refusal ([&] { settle ({}, needs, 3 * gib, "cuda:0"); }),
        Contains ("even with all layers offloaded the model needs 4.2 GiB on cuda:0, 3.0 GiB are free. Use "
                  "--weights int8, close other programs that use the GPU, lower --prefetch, or use "
                  "--device cpu."));
    CHECK_THAT (refusal ([&] { settle (packed, needs, 3 * gib, "cuda:0"); }),
                Contains ("GiB are free. Close other programs that use the GPU, or use --device cpu."));
    CHECK_THAT (
        refusal ([&] { settle (asking (OffloadRequest::Mode::Layers, 29), needs, 80 * gib, "cuda:0"); }),
        Contains ("this model has 28 layers"));
    CHECK_THAT (refusal ([&] {
                    settle (asking (OffloadRequest::Mode::Preset, 0, "tiny"), needs, 80 * gib, "cuda:0");
                }),
                Contains ("there is no such preset") && Contains ("budget"));
    // An explicit option may use the reserve: it is the user's to spend.
    CHECK (settle (asking (OffloadRequest::Mode::Layers, 12), needs, 10 * gib, "cuda:0").gpuLayers == 12);
}

TEST_CASE ("Presets scale to the model's own number of layers", "[engine][offload]")
{
    const auto [layers, preset, kept] =
        GENERATE (table<std::int64_t, std::string, std::int64_t> ({ { 28, "high_end", 28 },
                                                                    { 28, "mid_range", 20 },
                                                                    { 28, "consumer", 12 },
                                                                    { 28, "budget", 8 },
                                                                    { 28, "minimal", 4 },
                                                                    { 28, "light", 20 },
                                                                    { 28, "moderate", 16 },
                                                                    { 28, "balanced", 12 },
                                                                    { 28, "aggressive", 8 },
                                                                    { 28, "extreme", 4 },
                                                                    { 8, "budget", 2 },
                                                                    { 8, "consumer", 3 },
                                                                    { 8, "high_end", 8 },
                                                                    { 56, "budget", 16 },
                                                                    { 1, "minimal", 1 } }));
    CAPTURE (layers, preset);
    CHECK (presetLayers (preset, layers) == kept);
    auto needs = sevenB();
    needs.layers = layers;
    const auto config = settle (asking (OffloadRequest::Mode::Preset, 0, preset), needs, 80 * gib, "cuda:0");
    CHECK (config.gpuLayers == kept);
    CHECK (config.chosenBy == "preset " + preset);
}

TEST_CASE ("Settings that cannot be used are refused, and the effective ones are reported",
           "[engine][offload]")
{
    OffloadRequest request = asking (OffloadRequest::Mode::Layers, 8);
    request.settings.cacheTrimInterval = -1;
    CHECK_THAT (refusal ([&] { settle (request, sevenB(), 80 * gib, "cuda:0"); }),
                Contains ("--cache-trim-interval -1"));
    request.settings.cacheTrimInterval = 0;
    request.settings.prefetch = -1;
    CHECK_THAT (refusal ([&] { settle (request, sevenB(), 80 * gib, "cuda:0"); }),
                Contains ("--prefetch -1"));
    request.settings.prefetch = 1;
    CHECK_THAT (describe (settle (request, sevenB(), 80 * gib, "cuda:0")),
                Contains ("8 of 28 resident, 20 offloaded (--gpu-layers 8)") && Contains ("2, 1 ahead") &&
                    Contains ("never: memory may fragment") && Contains ("pinned"));
    request.gpuLayers = 26;
    CHECK_THAT (describe (settle (request, sevenB(), 80 * gib, "cuda:0")),
                Contains ("nothing is copied after"));
}

TEST_CASE ("The arithmetic of memory is shown term by term", "[engine][offload]")
{
    const auto config = settle (asking (OffloadRequest::Mode::Layers, 8), sevenB(), 10 * gib, "cuda:0");
    const auto text = describeMemory (sevenB(), config, 10 * gib, "cuda:0");
    CHECK_THAT (
        text, Contains ("8 resident layers") && Contains ("4.00 GiB") && Contains ("2 slots for 20 others") &&
                  Contains ("peak                           8.00 GiB") &&
                  Contains ("left                           2.00 GiB  of which 0.25 GiB are reserve"));
}

TEST_CASE ("The same arithmetic is there as numbers", "[engine][offload]")
{
    const auto tableOf = [] (const MemoryNeeds& needs) {
        const auto config = settle (asking (OffloadRequest::Mode::Layers, 8), needs, 20 * gib, "cuda:0");
        return memoryTable (needs, config, 20 * gib);
    };
    const auto table = tableOf (sevenB());
    CHECK (table.resident == 4 * gib);
    CHECK (table.slots == gib);
    CHECK (table.otherWeights == 2 * gib);
    CHECK (table.caches == gib / 2);
    CHECK (table.activations == gib / 2);
    CHECK (table.voices == 0); // there is room for them before there are caches
    CHECK (table.free == 20 * gib);
    CHECK (table.reserve == gib / 4);

    auto needs = sevenB();
    needs.voiceEncoder = 2 * gib;
    needs.context = gib / 8;
    for (const bool beside : { false, true })
    {
        needs.encodesWhileSpeaking = beside;
        const auto sum = tableOf (needs);
        CHECK (sum.voices == (beside ? 2 * gib : gib));
        CHECK (sum.peak == sum.context + sum.otherWeights + sum.resident + sum.slots + sum.caches +
                               sum.activations + sum.voices);
    }
}
