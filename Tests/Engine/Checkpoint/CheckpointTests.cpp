// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Checkpoint.h"

#include <catch2/catch.hpp>

#include "CheckpointFolder.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

TEST_CASE ("Checkpoint opens a single file of any name", "[engine][checkpoint]")
{
    const Folder folder;
    const auto name = GENERATE (as<std::string> {}, "model.safetensors", "vibevoice7b_bf16.safetensors");
    folder.write (name, oneTensor ("x", { 7, 8 }));
    const auto checkpoint = folder.open();
    CHECK (checkpoint->folder() == folder.path());
    CHECK (checkpoint->config().frameSamples == 16);
    CHECK (checkpoint->names() == Names { "x" });
    CHECK (checkpoint->tensor ("x").shape == Shape { 2 });
    CHECK (firstFloat (checkpoint->tensor ("x")) == 7);
}

TEST_CASE ("Checkpoint counts what was read of it", "[engine][checkpoint]")
{
    const Folder folder;
    folder.write ("model.safetensors", SafetensorsWriter().addFloats ("x", { 2, 1 }, { 1, 2 }).file());
    const auto checkpoint = folder.open();
    checkpoint->wasRead (checkpoint->tensor ("x")); // nobody counts yet
    const auto read = std::make_shared<std::atomic<std::int64_t>> (7);
    checkpoint->countReads (read);
    CHECK (*read == 0);
    checkpoint->wasRead (checkpoint->tensor ("x"));
    checkpoint->wasRead (checkpoint->tensor ("x"));
    CHECK (*read == 16);
}

TEST_CASE ("Checkpoint knows both layouts by official names, sorted", "[engine][checkpoint]")
{
    const Folder folder;
    folder.write ("model.safetensors",
                  SafetensorsWriter()
                      .addFloats ("model.latent_scaling_factor", {}, { 3 })
                      .addFloats ("model.audio_tower.encoder.stem.stage.0.gamma", { 1 }, { 4 })
                      .addFloats ("lm_head.weight", { 1, 1 }, { 5 })
                      .file());
    const auto checkpoint = folder.open();
    CHECK (checkpoint->names() == Names { "lm_head.weight",
                                          "model.acoustic_tokenizer.encoder.stages.0.0.gamma",
                                          "model.speech_scaling_factor" });
    CHECK (checkpoint->has ("model.speech_scaling_factor"));
    CHECK_FALSE (checkpoint->has ("model.latent_scaling_factor"));
    CHECK (firstFloat (checkpoint->tensor ("model.speech_scaling_factor")) == 3);
    CHECK_FALSE (checkpoint->tied());
}

TEST_CASE ("Checkpoint says what a tensor should have been", "[engine][checkpoint]")
{
    const Folder folder;
    folder.write ("model.safetensors", SafetensorsWriter().addFloats ("x", { 2, 1 }, { 1, 2 }).file());
    const auto checkpoint = folder.open();
    CHECK (checkpoint->tied());
    CHECK (checkpoint->tensor ("x", Shape { 2, 1 }).bytes.size() == 8);

    const auto shape = GENERATE (Shape { 1, 2 }, Shape { 2 }, Shape { 2, 1, 1 }, Shape {});
    const auto wrong = failureOf ([&] { checkpoint->tensor ("x", shape); });
    CHECK (wrong.code == ErrorCode::InvalidInput);
    CHECK (wrong.where == (folder.path() / "model.safetensors").string());
    CHECK_THAT (wrong.message, Catch::Contains ("tensor \"x\" is [2, 1], the config wants ["));

    const auto missing = failureOf ([&] { checkpoint->tensor ("y", shape); });
    CHECK (missing.code == ErrorCode::NotFound);
    CHECK_THAT (missing.message, Catch::Contains ("no tensor \"y\""));
}

TEST_CASE ("Checkpoint opens the shards that an index names", "[engine][checkpoint]")
{
    const Folder folder;
    folder.writeIndex ({ { "x", "1.safetensors" }, { "y", "2.safetensors" } });
    folder.write ("1.safetensors", oneTensor ("x", { 1 }));
    folder.write ("2.safetensors", oneTensor ("y", { 2 }));
    folder.write ("of-another-model.safetensors", "not even safetensors");
    const auto checkpoint = folder.open();
    CHECK (checkpoint->names() == Names { "x", "y" });
    CHECK (firstFloat (checkpoint->tensor ("y")) == 2);

    folder.write ("model.safetensors", oneTensor ("whole")); // a merged file next to the shards it came from
    CHECK (folder.open()->names() == Names { "whole" });

    const auto wrong = failureOf ([&] { checkpoint->tensor ("y", Shape { 2 }); });
    CHECK (wrong.where == (folder.path() / "2.safetensors").string());
}

TEST_CASE ("Checkpoint refuses shards that are not as their index says", "[engine][checkpoint]")
{
    const Folder folder;
    folder.writeIndex ({ { "x", "1.safetensors" }, { "y", "2.safetensors" } });
    folder.write ("1.safetensors", oneTensor ("x"));
    std::string words;
    auto code = ErrorCode::InvalidInput;

    SECTION ("a shard is missing")
    {
        words = "names the shard \"2.safetensors\", which is not in the folder";
        code = ErrorCode::NotFound;
    }
    SECTION ("a shard is truncated")
    {
        const auto whole = oneTensor ("y", { 1, 2, 3 });
        folder.write ("2.safetensors", whole.substr (0, whole.size() - 4));
        words = "it is truncated";
    }
    SECTION ("a shard lacks the tensor")
    {
        folder.write ("2.safetensors", oneTensor ("z"));
        words = "places tensor \"y\" in 2.safetensors, which does not hold it";
    }
    SECTION ("the tensor is in another shard")
    {
        folder.write ("1.safetensors",
                      SafetensorsWriter().addFloats ("x", {}, { 1 }).addFloats ("y", {}, { 1 }).file());
        folder.write ("2.safetensors", oneTensor ("z"));
        words = "places tensor \"y\" in 2.safetensors";
    }
    SECTION ("two shards hold one tensor")
    {
        folder.write ("2.safetensors",
                      SafetensorsWriter().addFloats ("x", {}, { 1 }).addFloats ("y", {}, { 1 }).file());
        words = "holds tensor \"x\", which 1.safetensors holds too";
    }
    SECTION ("a shard is a folder")
    {
        std::filesystem::create_directory (folder.path() / "2.safetensors");
        words = "not a regular file";
    }
    const auto error = folder.refusal();
    CHECK (error.code == code);
    CHECK_THAT (error.message, Catch::Contains (words));
}

TEST_CASE ("Checkpoint refuses an index that cannot be used", "[engine][checkpoint]")
{
    const Folder folder;
    const auto [text, words] = GENERATE (table<std::string, std::string> ({
        { "", "not valid JSON" },
        { "{}", "no weight_map" },
        { R"({"weight_map": []})", "no weight_map" },
        { R"({"weight_map": {}})", "no weight_map" },
        { R"({"weight_map": {"x": 1}})", "no file name for tensor \"x\"" },
        { R"({"weight_map": {"x": "a.safetensors", "x": "b.safetensors"}})", "\"x\" stands twice" },
        { R"({"weight_map": {"x": "../a.safetensors"}})", "names the shard \"../a.safetensors\"" },
        { R"({"weight_map": {"x": "/etc/a.safetensors"}})", "names the shard" },
        { R"({"weight_map": {"x": "sub/a.safetensors"}})", "names the shard" },
        { R"({"weight_map": {"x": "sub\\a.safetensors"}})", "names the shard" },
        { R"({"weight_map": {"x": "a..safetensors"}})", "names the shard" },
        { R"({"weight_map": {"x": "passwd"}})", "names the shard" },
        { R"({"weight_map": {"x": ""}})", "names the shard" },
        { R"({"weight_map": {"x": "a\u0000.safetensors"}})", "names the shard" },
    }));
    INFO (text);
    folder.write ("model.safetensors.index.json", text);
    const auto error = folder.refusal();
    CHECK (error.code == ErrorCode::InvalidInput);
    CHECK (error.where == (folder.path() / "model.safetensors.index.json").string());
    CHECK_THAT (error.message, Catch::Contains (words));
}

TEST_CASE ("Checkpoint refuses an index with too many tensors or shards", "[engine][checkpoint]")
{
    const Folder folder;
    auto weights = nlohmann::json::object();
    SECTION ("100 000 tensors")
    {
        for (int i = 0; i < 100'000; ++i)
            weights["t" + std::to_string (i)] = "a.safetensors";
        folder.writeIndex (weights);
        CHECK_THAT (folder.refusal().message, Catch::Contains ("names 100000 tensors, at most 32768"));
    }
    SECTION ("2000 shards")
    {
        for (int i = 0; i < 2000; ++i)
            weights["t" + std::to_string (i)] = std::to_string (i) + ".safetensors";
        folder.writeIndex (weights);
        CHECK_THAT (folder.refusal().message, Catch::Contains ("names 2000 shards, at most 1024"));
    }
    SECTION ("each shard within bounds, all together not")
    {
        for (int shard = 0; shard < 2; ++shard)
        {
            SafetensorsWriter writer;
            for (int i = 0; i < 20'000; ++i)
                writer.add ("t" + std::to_string (shard) + "." + std::to_string (i), "I8", { 0 }, "");
            writer.write (folder.path() / (std::to_string (shard) + ".safetensors"));
        }
        folder.writeIndex ({ { "t0.0", "0.safetensors" }, { "t1.0", "1.safetensors" } });
        CHECK_THAT (folder.refusal().message, Catch::Contains ("more than 32768 tensors"));
    }
}

TEST_CASE ("Checkpoint says what a folder lacks", "[engine][checkpoint]")
{
    const Folder folder;
    SECTION ("no tensors")
    {
        const auto error = folder.refusal();
        CHECK (error.code == ErrorCode::NotFound);
        CHECK_THAT (error.message, Catch::Contains ("holds no safetensors file"));
    }
    SECTION ("two files and no index")
    {
        folder.write ("a.safetensors", oneTensor ("x"));
        folder.write ("b.safetensors", oneTensor ("y"));
        CHECK_THAT (folder.refusal().message,
                    Catch::Contains ("2 safetensors files and no model.safetensors.index.json"));
    }
    SECTION ("an empty file")
    {
        folder.write ("model.safetensors", "");
        CHECK_THAT (folder.refusal().message, Catch::Contains ("is empty"));
    }
    SECTION ("a file in both layouts at once")
    {
        folder.write ("model.safetensors", SafetensorsWriter()
                                               .addFloats ("model.latent_bias_factor", {}, { 1 })
                                               .addFloats ("model.speech_bias_factor", {}, { 2 })
                                               .file());
        CHECK_THAT (folder.refusal().message,
                    Catch::Contains ("holds tensor \"model.speech_bias_factor\", which"));
    }
    SECTION ("no config")
    {
        std::filesystem::remove (folder.path() / "config.json");
        CHECK_THAT (folder.refusal().message, Catch::Contains ("holds no config.json"));
    }
    SECTION ("no folder")
    {
        const auto error = failureOf ([&] { Checkpoint::open (folder.path() / "config.json"); });
        CHECK (error.code == ErrorCode::NotFound);
        CHECK_THAT (error.message, Catch::Contains ("no such folder"));
    }
}

TEST_CASE ("Checkpoint opens the embedded model", "[engine][checkpoint]")
{
    const auto mini = Checkpoint::open (std::filesystem::path (TABLEREAD_ROOT) / "Assets/models/mini");
    CHECK (mini->names().size() == 479);
    CHECK (std::is_sorted (mini->names().begin(), mini->names().end()));
    CHECK (mini->tied());
    CHECK (mini->tensor ("model.language_model.embed_tokens.weight", Shape { 320, 448 }).dtype ==
           DType::Int8);
    CHECK (mini->scale ("model.acoustic_tokenizer.decoder.upsample_layers.1.0.convtr.convtr.weight")->shape ==
           Shape { 384 });
    CHECK (mini->tensor ("model.speech_scaling_factor", Shape {}).dtype == DType::BFloat16);
    CHECK (mini->config().frameSamples == 3200);
}

TEST_CASE ("Checkpoint opens what PyTorch wrote, and finds in it what the golden says",
           "[engine][checkpoint]")
{
    int opened = 0;
    for (const auto& item : std::filesystem::directory_iterator (TABLEREAD_GOLDENS))
    {
        if (! item.is_directory())
            continue;
        INFO (item.path());
        const auto golden = nlohmann::json::parse (readFile (item.path() / "golden.json"));
        const auto checkpoint = Checkpoint::open (item.path());
        CHECK (checkpoint->config().frameSamples == golden.at ("hop").get<std::int64_t>());
        CHECK (checkpoint->config().vaeStd == golden.at ("vae_std").get<double>());
        CHECK (checkpoint->tied() == golden.at ("tied").get<bool>());
        CHECK (
            checkpoint->tensor ("model.speech_scaling_factor", Shape {}).dtype ==
            (golden.value ("stored", golden.at ("dtype")) == "bfloat16" ? DType::BFloat16 : DType::Float32));
        ++opened;
    }
    CHECK (opened >= 8);
}
