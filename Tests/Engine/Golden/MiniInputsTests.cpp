// SPDX-License-Identifier: Apache-2.0
// What goes into the eight lines of the embedded model is what PyTorch was given: prompt and voice. What comes out is
// tested by Tests/Engine/Render/Loop/MiniLinesTests.cpp.
#include <fstream>
#include <set>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Kernels/Parallel.h"
#include "Render/Loop/ReplayTap.h"
#include "Render/Loop/VoiceEncoder.h"
#include "Text/Prompt.h"
#include "Voice/Reader.h"

using namespace tableread;
using namespace tableread::engine;

namespace
{
const std::filesystem::path root = TABLEREAD_ROOT;

nlohmann::json miniLines()
{
    std::ifstream file (root / "Tests/Data/mini/lines.json");
    return nlohmann::json::parse (file).at ("lines");
}
} // namespace

TEST_CASE ("The eight lines' prompts are PyTorch's, token by token", "[engine][golden][mini]")
{
    const SafetensorsFile stored (root / "Tests/Data/mini/lines.safetensors");
    const auto tokenizer = Tokenizer::load (root / "Assets/models/mini");
    for (const auto& line : miniLines())
    {
        const auto name = line.at ("name").get<std::string>();
        INFO (name);
        const std::vector<std::int64_t> voiceFrames { line.at ("voice_frames").get<std::int64_t>() };
        const std::vector<SpokenLine> spoken { { 0, line.at ("text").get<std::string>() } };
        const auto ids = read (stored, name + ".ids");
        const auto* first = ids.const_data_ptr<std::int64_t>();
        CHECK (buildPrompt (*tokenizer, voiceFrames, spoken).ids == std::vector (first, first + ids.numel()));
    }
}

TEST_CASE ("The bundled voices, read and encoded, are PyTorch's", "[engine][golden][mini]")
{
    const c10::InferenceMode noGradients;
    kernels::setThreads (1);
    const SafetensorsFile stored (root / "Tests/Data/mini/lines.safetensors");
    const VibeVoice model (Checkpoint::open (root / "Assets/models/mini"), {});
    std::set<std::string> files;
    for (const auto& line : miniLines())
        files.insert (line.at ("voice").get<std::string>());
    REQUIRE (files.size() == 3);
    for (const auto& file : files)
    {
        INFO (file);
        const auto clip = tableread::readVoice (root / "Assets/models/mini/voices" / file, file).value();
        const auto got = model.scaled (encodeMeans (model, clip.samples));
        const auto wanted = read (stored, "voice." + std::filesystem::path (file).stem().string());
        REQUIRE (got.sizes() == wanted.sizes());
        CHECK ((got - wanted).norm().item<double>() <=
               1e-4 * wanted.norm().item<double>()); // fp32: about 1e-6
    }
}
