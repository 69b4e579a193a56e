// SPDX-License-Identifier: Apache-2.0
#include "Render/Loop/Fingerprint.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "Checkpoint/Safetensors/File.h"
#include "Kernels/KernelFamily.h"
#include "Support/Mini.h"
#include "Support/SafetensorsWriter.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace
{
const std::string firstShard = "model-00001-of-00002.safetensors",
                  secondShard = "model-00002-of-00002.safetensors",
                  indexFile = "model.safetensors.index.json";

/** The embedded model in a folder of another name: links, until a test puts a file of its own in the place of one. */
struct Model
{
    explicit Model (const std::string& name = "other") : path (folder.path() / name)
    {
        fs::create_directory (path);
        for (const auto& entry : fs::directory_iterator (mini))
            fs::create_symlink (entry.path(), path / entry.path().filename());
    }

    void write (const std::string& name, const std::string& content) const
    {
        fs::remove (path / name);
        writeFile (path / name, content);
    }

    void change (const std::string& name, const std::function<void (Json&)>& how) const
    {
        auto json = Json::parse (readFile (mini / name));
        how (json);
        write (name, json.dump (3));
    }

    TemporaryFolder folder;
    fs::path path;
};

std::string fingerprint (LoadOptions options)
{
    options.threads = 2;
    return Renderer::load (options)->info().fingerprint;
}

std::string fingerprint (const fs::path& model, const fs::path& tokenizer)
{
    LoadOptions options;
    options.model = model;
    options.tokenizer = tokenizer;
    return fingerprint (std::move (options));
}

const std::string& ofMini()
{
    static const auto known = fingerprint ({ .model = mini });
    return known;
}
} // namespace

TEST_CASE ("A fingerprint names the device, the types, the kernels and the content",
           "[engine][render][fingerprint]")
{
    CHECK_THAT (ofMini(), Catch::Matches ("cpu-fp32-k[1-9][0-9]*-t[0-9a-f]{8}-[0-9a-f]{32}"));
    const auto rest =
        "-k" + std::to_string (kernels::cpuKernelFamily) + ofMini().substr (ofMini().find ("-t"));
    CHECK (ofMini() == "cpu-fp32" + rest);
    OffloadRequest inBytes;
    inBytes.settings.weights = WeightsFormat::Int8;
    CHECK (fingerprint ({ .model = mini, .compute = ComputeType::BFloat16 }) == "cpu-bf16" + rest); // --dtype
    CHECK (fingerprint ({ .model = mini, .offload = inBytes }) == "cpu-fp32-int8" + rest); // --weights
}

TEST_CASE ("Another device, type, family of kernels, table or content is another fingerprint",
           "[engine][render][fingerprint]")
{
    const Fingerprint one {
        .device = "cuda-sm90", .types = "bf16-fp8", .kernels = 1, .tables = "89", .content = "0123"
    };
    CHECK (textOf (one) == "cuda-sm90-bf16-fp8-k1-t89-0123");
    auto other = one;
    SECTION ("kernels")
    other.kernels = 2;
    SECTION ("device")
    other.device = "cuda-sm80";
    SECTION ("types")
    other.types = "bf16";
    SECTION ("tables")
    other.tables = "88";
    SECTION ("content")
    other.content = "0124";
    CHECK (textOf (other) != textOf (one));
}

TEST_CASE ("One byte of a tensor, a token or a config value is another fingerprint",
           "[engine][render][fingerprint]")
{
    const Model model;
    SECTION ("one byte of one tensor")
    {
        auto bytes = readFile (mini / secondShard);
        bytes.back() = static_cast<char> (bytes.back() ^ 1);
        model.write (secondShard, bytes);
    }
    SECTION ("a token")
    model.change ("tokenizer.json", [] (Json& tokenizer) {
        auto& tokens = tokenizer["model"]["vocab"];
        std::swap (tokens["a"], tokens["b"]);
    });
    SECTION ("a value of config.json")
    model.change ("config.json", [] (Json& config) { config["decoder_config"]["rope_theta"] = 999'999.0; });
    SECTION ("a value of preprocessor_config.json")
    model.change ("preprocessor_config.json",
                  [] (Json& config) { config["audio_processor"]["target_dB_FS"] = -24; });
    SECTION ("a value of generation_config.json")
    model.change ("generation_config.json", [] (Json& config) { config["guidance_scale"] = 1.9; });
    SECTION ("random weights")
    {
        CHECK (fingerprint ({ .model = model.path, .randomWeights = true }) != ofMini());
        return;
    }
    const auto other = fingerprint ({ .model = model.path });
    CHECK (other != ofMini());
    CHECK (other.substr (0, other.find ("-t")) == ofMini().substr (0, ofMini().find ("-t")));
}

TEST_CASE ("Another folder, other shards and files written otherwise are the same fingerprint",
           "[engine][render][fingerprint]")
{
    const Model model ("VibeVoice");
    SECTION ("another folder")
    fs::remove (model.path / "README.md");
    SECTION ("one file in the place of two shards")
    {
        SafetensorsWriter whole;
        for (const auto& shard : { secondShard, firstShard })
        {
            const SafetensorsFile file (mini / shard);
            for (const auto& entry : file.entries())
            {
                const auto bytes = file.data (entry);
                whole.add (entry.name, std::string (nameOf (entry.dtype)), entry.shape,
                           { reinterpret_cast<const char*> (bytes.data()), bytes.size() });
            }
            fs::remove (model.path / shard);
        }
        fs::remove (model.path / indexFile);
        model.write ("model.safetensors", whole.file());
    }
    SECTION ("other spaces and unknown keys")
    for (const auto* name :
         { "config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json" })
        model.change (name, [] (Json& json) { json["written_by"] = "somebody else"; });
    SECTION ("a tokenizer in another folder")
    {
        const Model other ("tokenizer");
        fs::remove (model.path / "tokenizer.json");
        CHECK (fingerprint (model.path, other.path) == ofMini());
        return;
    }
    CHECK (fingerprint ({ .model = model.path }) == ofMini());
}
