// SPDX-License-Identifier: Apache-2.0
#include "Offload/Fields.h"

#include <catch2/catch.hpp>

using namespace tableread::engine;
using Catch::Contains;

namespace
{
std::string wrong (std::string_view name, const std::string& value)
{
    return wrongWith (*offloadField (name), value);
}
} // namespace

TEST_CASE ("Numbers are accepted from their least to their most and nothing else is", "[engine][offload]")
{
    for (const auto& field : offloadFields())
    {
        if (field.kind != OffloadField::Kind::Number && field.kind != OffloadField::Kind::Passages)
            continue;
        CAPTURE (field.name);
        CHECK (wrongWith (field, std::to_string (field.least)).empty());
        CHECK (wrongWith (field, std::to_string (field.most)).empty());
        for (const auto& value : { std::to_string (field.least - 1), std::to_string (field.most + 1),
                                   std::string(), std::string ("1.5"), std::string ("2x"),
                                   std::string ("nan"), std::string ("99999999999999999999") })
            CHECK_THAT (wrongWith (field, value),
                        Contains ('"' + value + '"') && Contains ("from " + std::to_string (field.least) +
                                                                  " to " + std::to_string (field.most)));
    }
    CHECK (wrong ("passages", "auto").empty());
    CHECK_FALSE (wrong ("prefetch", "auto").empty());
}

TEST_CASE ("Words are those that there are", "[engine][offload]")
{
    for (const auto& preset : offloadPresets())
        CHECK (wrong ("preset", std::string (preset.name)).empty());
    CHECK_THAT (wrong ("preset", "huge"), Contains ("\"huge\" is not a preset") && Contains ("budget 8"));
    for (const auto* format : { "bf16", "fp8", "int8" })
        CHECK (wrong ("weights", format).empty());
    CHECK_THAT (wrong ("weights", "fp4"), Contains ("fp4") && Contains ("bf16, fp8 or int8"));
    CHECK (wrong ("trim", "useful").empty());
    CHECK (wrong ("trim", "always").empty());
    CHECK_THAT (wrong ("trim", "often"), Contains ("often") && Contains ("neither useful nor always"));
    CHECK (wrong ("vram", "10GB").empty());
    CHECK_THAT (wrong ("vram", "much"), Contains ("is not a memory size"));
    CHECK (wrong ("auto", "true").empty());
    CHECK_FALSE (wrong ("auto", "yes").empty());
}

TEST_CASE ("Each setting is written where it belongs", "[engine][offload]")
{
    using Mode = OffloadRequest::Mode;
    OffloadRequest request;
    const auto put = [&request] (std::string_view name, const std::string& value) {
        set (request, *offloadField (name), value);
    };
    put ("weights", "int8");
    put ("vram", "10GB");
    put ("prefetch", "3");
    put ("pin_memory", "false");
    put ("cache_clear_interval", "20");
    put ("trim", "always");
    put ("context", "8000");
    put ("passages", "4");
    CHECK (request.settings == OffloadSettings { .prefetch = 3,
                                                 .pinMemory = false,
                                                 .cacheTrimInterval = 20,
                                                 .trim = TrimPolicy::Always,
                                                 .weights = WeightsFormat::Int8,
                                                 .deviceMemoryLimit = 10'000'000'000,
                                                 .positions = 8000,
                                                 .passages = 4 });
    CHECK (request.mode == Mode::Default);
    put ("passages", "auto");
    CHECK (request.settings.passages == 0);
    put ("gpu_layers", "8");
    CHECK (request.mode == Mode::Layers);
    CHECK (request.gpuLayers == 8);
    put ("auto", "false"); // which was not on
    CHECK (request.mode == Mode::Layers);
    put ("preset", "budget");
    CHECK (request.mode == Mode::Preset);
    CHECK (request.preset == "budget");
    put ("auto", "true");
    CHECK (request.mode == Mode::Auto);
    put ("auto", "false");
    CHECK (request.mode == Mode::Default);
    put ("no_offload", "true");
    CHECK (request.mode == Mode::None);
    CHECK (offloadField ("gpu-layers") == nullptr);
    CHECK (offloadField ("") == nullptr);
}

TEST_CASE ("Somebody who sends requests is told of fields and not of options", "[engine][offload]")
{
    CHECK (
        withNamesOfFields ("Lower --gpu-layers to 8, or use --weights int8, or --cache-trim-interval 0.") ==
        "Lower gpu_layers to 8, or use weights int8, or cache_trim_interval 0.");
    const std::vector<std::string> one { "prefetch" }, two { "prefetch", "trim" };
    CHECK (withoutEffectOnCpu (one) == "On a CPU all layers are resident: prefetch has no effect.");
    CHECK (withoutEffectOnCpu (two) == "On a CPU all layers are resident: prefetch, trim have no effect.");
}
