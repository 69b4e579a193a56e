// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "CommandFixture.h"
#include "Measure/ModelTable.h"
#include "Support/SafetensorsWriter.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
/** A folder with links to the embedded model's files, all but `name`. */
std::filesystem::path modelWithout (const CommandFixture& engine, const std::string& name)
{
    std::filesystem::path folder = engine.path ("model");
    std::filesystem::create_directories (folder);
    for (const auto& entry : std::filesystem::directory_iterator (engine.model()))
        if (entry.path().filename() != name)
            std::filesystem::create_symlink (entry.path(), folder / entry.path().filename());
    return folder;
}
} // namespace

TEST_CASE ("Inspect adds up the embedded model", "[engine][command][inspect]")
{
    CommandFixture engine;
    const auto table = engine.run ({ "inspect" });
    CHECK (table.code == 0);
    CHECK_THAT (table.out, Contains ("8 layers, hidden 448") && Contains ("3200 samples") &&
                               Contains ("diffusion head"));
    CHECK_THAT (table.out, Contains ("model.language_model.layers.*.mlp.up_proj.weight"));

    const auto outcome = engine.run ({ "inspect", engine.model().string(), "--json" });
    CHECK (outcome.code == 0);
    const auto json = nlohmann::json::parse (outcome.out);
    CHECK (json["layers"] == 8);
    CHECK (json["frame_samples"] == 3200);
    std::int64_t parameters = 0, bytes = 0, tensors = 0;
    for (const auto& part : json["parts"])
    {
        parameters += part["parameters"].get<std::int64_t>();
        bytes += part["bytes"].get<std::int64_t>();
        tensors += part["tensors"].get<std::int64_t>();
        CHECK (part["name"] != "other");
    }
    CHECK (json["parts"].size() == 6);
    CHECK (json["total"]["parameters"] == parameters);
    CHECK (json["total"]["bytes"] == bytes);
    CHECK (json["tensors"].size() == static_cast<std::size_t> (tensors));
    std::int64_t inFiles = 0;
    for (const auto& entry : std::filesystem::directory_iterator (engine.model()))
        if (entry.path().extension() == ".safetensors")
            inFiles += static_cast<std::int64_t> (entry.file_size());
    CHECK (bytes < inFiles); // the rest is headers
    CHECK (bytes > inFiles - 200'000);
}

TEST_CASE ("Inspect notes a config that disagrees with the file", "[engine][command][inspect]")
{
    CommandFixture engine;
    const auto folder = modelWithout (engine, "config.json");
    std::ifstream in (engine.model() / "config.json");
    auto config = nlohmann::json::parse (in);
    config["tie_word_embeddings"] = false;
    engine.write ("model/config.json", config.dump());

    const std::string words = "config.json says tie_word_embeddings false, but";
    CHECK_THAT (engine.run ({ "inspect", folder.string() }).out, Contains (words));
    CHECK_THAT (engine.run ({ "inspect" }).out, ! Contains (words));
    const auto notes =
        nlohmann::json::parse (engine.run ({ "inspect", folder.string(), "--json" }).out)["notes"];
    REQUIRE (notes.size() == 1);
    CHECK_THAT (notes[0].get<std::string>(), Contains (words));
}

TEST_CASE ("Inspect shows the guidance scale and where it comes from", "[engine][command][inspect]")
{
    CommandFixture engine;
    const auto folder = modelWithout (engine, "generation_config.json");
    const auto json = [&] {
        return nlohmann::json::parse (engine.run ({ "inspect", folder.string(), "--json" }).out);
    };
    CHECK_THAT (engine.run ({ "inspect", folder.string() }).out,
                Contains ("guidance scale    1.3, the default"));
    CHECK (json()["guidance_scale"] == 1.3);
    engine.write ("model/generation_config.json", R"({"guidance_scale": 2.25})");
    CHECK_THAT (engine.run ({ "inspect", folder.string() }).out,
                Contains ("guidance scale    2.25, from generation_config.json"));
    CHECK (json()["guidance_scale"] == 2.25);
    engine.write ("model/generation_config.json", R"({"guidance_scale": 1000})");
    const auto refused = engine.run ({ "inspect", folder.string() });
    CHECK (refused.code == 2);
    CHECK_THAT (refused.err, Contains ("generation_config.json") && Contains ("guidance_scale is 1000"));
}

TEST_CASE ("Inspect refuses what is not a model in one sentence", "[engine][command][inspect][errors]")
{
    CommandFixture engine;
    for (const auto& place : { engine.path ("nowhere"), engine.folder.path().string() })
    {
        const auto outcome = engine.run ({ "inspect", place });
        CHECK (outcome.code == 2);
        CHECK_THAT (outcome.err, Contains (place));
        CHECK (std::count (outcome.err.begin(), outcome.err.end(), '\n') == 1);
    }
}

TEST_CASE ("Inspect counts 8-bit matrices with their scales", "[engine][command][inspect][weights]")
{
    CommandFixture engine;
    const std::filesystem::path folder = engine.path ("model");
    std::filesystem::create_directories (folder);
    std::filesystem::copy_file (engine.model() / "config.json", folder / "config.json");
    const std::string layer = "model.language_model.layers.";
    test::SafetensorsWriter()
        .add (layer + "0.mlp.up_proj.weight", "F8_E4M3", { 2, 3 }, "123456")
        .addFloats (layer + "0.mlp.up_proj.weight_scale", { 2 }, { 1, 2 })
        .add (layer + "1.mlp.up_proj.weight", "F8_E4M3", { 2, 3 }, "123456")
        .addFloats (layer + "1.mlp.up_proj.weight_scale", { 2 }, { 1, 2 })
        .add (layer + "0.input_layernorm.weight", "BF16", { 2 }, "1234")
        .write (folder / "model.safetensors");
    const auto json = nlohmann::json::parse (engine.run ({ "inspect", folder.string(), "--json" }).out);
    CHECK (json["total"]["parameters"] == 14);
    CHECK (json["total"]["bytes"] == 32);
    CHECK (json["total"]["bytes_by_type"]["F8_E4M3"] == 28);
    CHECK (json["tensors"].size() == 3);
    CHECK (json["tensors"][1]["dtype"] == "F8_E4M3");
    CHECK (json["tensors"][1]["scaled"] == true);
    const auto text = engine.run ({ "inspect", folder.string() }).out;
    CHECK_THAT (text, Contains ("BF16, F8_E4M3") && Contains (layer + "*.mlp.up_proj.weight"));
}
