// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Content/WeightsHash.h"

#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <numeric>
#include <set>

#include "Checkpoint/Safetensors/Header.h"
#include "Checkpoint/TensorNames.h"
#include "Checkpoint/TensorShapes.h"
#include "Engine/Checkpoint/CheckpointFolder.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
const std::string embedding = "model.language_model.embed_tokens.weight",
                  matrix = "model.language_model.layers.1.mlp.up_proj.weight",
                  factor = "model.speech_scaling_factor";

struct Tensor
{
    std::string dtype;
    Shape shape;
    std::string bytes;
};
using Tensors = std::map<std::string, Tensor>;

/** Every tensor of the tiny model, each with other bytes; one matrix in int8. */
const Tensors& tiny()
{
    static const auto made = [] {
        Tensors tensors;
        std::uint32_t state = 1;
        for (const auto& [name, shape] : tensorShapes (ModelConfig::parse (tinyOfficialConfig().dump())))
        {
            const auto count =
                std::accumulate (shape.begin(), shape.end(), std::int64_t { 1 }, std::multiplies<>());
            std::string bytes ((name == matrix ? 1 : 2) * static_cast<std::size_t> (count), '\0');
            for (auto& byte : bytes)
                byte = static_cast<char> ((state = state * 1664525 + 1013904223) >> 24);
            tensors[name] = { name == matrix ? "I8" : "BF16", shape, bytes };
        }
        tensors[matrix + "_scale"] = { "F32", { 1 }, std::string ("\0\0\0\x3f", 4) }; // 0.5
        return tensors;
    }();
    return made;
}

std::string fileOf (const Tensors& tensors)
{
    SafetensorsWriter writer;
    for (const auto& [name, tensor] : tensors)
        writer.add (name, tensor.dtype, tensor.shape, tensor.bytes);
    return writer.file();
}

std::string hashOf (const Folder& folder)
{
    return WeightsHash (folder.open()).get();
}

std::string hashOf (const Tensors& tensors)
{
    const Folder folder;
    folder.write ("model.safetensors", fileOf (tensors));
    return hashOf (folder);
}

std::string hashWith (const std::function<void (Tensors&)>& change)
{
    auto tensors = tiny();
    change (tensors);
    return hashOf (tensors);
}

const std::string& hash()
{
    static const auto known = hashOf (tiny());
    return known;
}
} // namespace

TEST_CASE ("Every tensor's last bit is in the hash of the weights", "[engine][checkpoint][fingerprint]")
{
    CHECK (hash().size() == 32);
    const Folder folder;
    const auto whole = fileOf (tiny());
    folder.write ("model.safetensors", whole);
    CHECK (hashOf (folder) == hash());
    const auto header = SafetensorsHeader::parse (std::as_bytes (std::span (whole)), "");
    std::set<std::string> hashes { hash() };
    for (const auto& entry : header.entries)
    {
        auto changed = whole;
        auto& last = changed[header.dataStart + entry.end - 1];
        last = static_cast<char> (last ^ 1);
        folder.write ("model.safetensors", changed);
        INFO (entry.name);
        CHECK (hashes.insert (hashOf (folder)).second);
    }
    CHECK (hashes.size() == tiny().size() + 1);
}

TEST_CASE ("A tensor's type, shape, scale and place are in the hash of the weights",
           "[engine][checkpoint][fingerprint]")
{
    CHECK (hashWith ([] (auto& t) { t[embedding].dtype = "F16"; }) != hash());
    CHECK (hashWith ([] (auto& t) { std::swap (t[embedding].shape[0], t[embedding].shape[1]); }) != hash());
    CHECK (hashWith ([] (auto& t) { t[matrix].dtype = "F8_E4M3"; }) != hash());
    CHECK (hashWith ([] (auto& t) {
               t[matrix].dtype = "F8_E4M3";
               t.erase (matrix + "_scale");
           }) != hashWith ([] (auto& t) { t[matrix].dtype = "F8_E4M3"; }));
    CHECK (hashWith ([] (auto& t) {
               std::swap (t["model.language_model.layers.0.mlp.down_proj.weight"],
                          t["model.language_model.layers.1.mlp.down_proj.weight"]);
           }) != hash());
    CHECK (hashWith ([] (auto& t) {
               t[used] = t[embedding];
               t[used].bytes.back() ^= 1;
           }) != hash());
}

TEST_CASE ("The hash of the weights is that of the model, whatever its files are",
           "[engine][checkpoint][fingerprint]")
{
    const Folder folder;
    SECTION ("shards, in an order of their own")
    {
        nlohmann::json map;
        SafetensorsWriter even, odd;
        auto isEven = false;
        for (auto at = tiny().rbegin(); at != tiny().rend(); ++at, isEven = ! isEven)
        {
            (isEven ? even : odd).add (at->first, at->second.dtype, at->second.shape, at->second.bytes);
            map[at->first] = isEven ? "even.safetensors" : "odd.safetensors";
        }
        folder.write ("even.safetensors", even.file());
        folder.write ("odd.safetensors", odd.file());
        folder.writeIndex (map);
        CHECK (hashOf (folder) == hash());
    }
    SECTION ("the names that transformers has")
    {
        folder.write ("config.json", tinyConvertedConfig().dump());
        Tensors converted;
        for (const auto& [name, tensor] : tiny())
            converted[convertedTensorName (name)] = tensor;
        CHECK (converted.contains ("model.latent_scaling_factor"));
        folder.write ("model.safetensors", fileOf (converted));
        CHECK (hashOf (folder) == hash());
    }
    SECTION ("a scale of another name, type and shape")
    CHECK (hashWith ([] (auto& t) {
               t.erase (matrix + "_scale");
               t[matrix + "_scale_inv"] = { "BF16", { 160, 1 }, {} };
               for (int i = 0; i < 160; ++i)
                   t[matrix + "_scale_inv"].bytes += std::string ("\0\x3f", 2);
           }) == hash());
    SECTION ("tensors that are not used")
    CHECK (hashWith ([] (auto& t) {
               t["another"] = { "F64", { 1 }, std::string (8, 'x') };
               t["model.acoustic_tokenizer.fix_std"] = { "F32", {}, std::string (4, 'x') };
           }) == hash());
    SECTION ("the embedding once more, as output matrix")
    CHECK (hashWith ([] (auto& t) { t[used] = t[embedding]; }) == hash());
    SECTION ("a scalar in brackets")
    CHECK (hashWith ([] (auto& t) { t[factor].shape = { 1 }; }) == hash());
}

TEST_CASE ("A tensor that is hashed in pieces is hashed to its end", "[engine][checkpoint][fingerprint]")
{
    const Folder folder;
    auto config = tinyOfficialConfig();
    config["decoder_config"]["vocab_size"] = 300'000; // 300 000 · 64 · 2 bytes are more than 32 MiB
    folder.write ("config.json", config.dump());
    const auto hashOfBytes = [&] (const std::string& bytes) {
        folder.write ("model.safetensors",
                      SafetensorsWriter().add (embedding, "BF16", { 300'000, 64 }, bytes).file());
        return hashOf (folder);
    };
    std::string bytes (300'000L * 64 * 2, 'x');
    const auto before = hashOfBytes (bytes);
    std::set<std::string> hashes { before };
    for (const auto at : { 0UL, (16UL << 20) - 1, 16UL << 20, 20UL << 20, bytes.size() - 1 })
    {
        auto changed = bytes;
        changed[at] = 'y';
        CHECK (hashes.insert (hashOfBytes (changed)).second);
    }
}

TEST_CASE ("Random weights are known by their shapes", "[engine][checkpoint][fingerprint]")
{
    const Folder folder, same;
    const auto random = [] (const Folder& of) { return WeightsHash (Checkpoint::random (of.path())).get(); };
    const auto known = random (folder);
    CHECK (random (same) == known);
    CHECK (known != hash());
    auto config = tinyOfficialConfig();
    config["decoder_config"]["num_hidden_layers"] = 5;
    same.write ("config.json", config.dump());
    CHECK (random (same) != known);
}

TEST_CASE ("Weights whose file shrinks before they are hashed have no hash",
           "[engine][checkpoint][fingerprint][mapped]")
{
    const Folder folder;
    folder.write ("model.safetensors", fileOf (tiny()));
    auto checkpoint = folder.open();
    std::filesystem::resize_file (folder.path() / "model.safetensors", 100'000);
    WeightsHash hashing (std::move (checkpoint));
    const auto error = failureOf ([&] { hashing.get(); });
    CHECK (error.code == ErrorCode::Io);
    CHECK (error.where == (folder.path() / "model.safetensors").string());
}

TEST_CASE ("A hash that nobody asks for ends with its checkpoint", "[engine][checkpoint][fingerprint]")
{
    const Folder folder;
    folder.write ("model.safetensors", fileOf (tiny()));
    for (int again = 0; again < 20; ++again)
        WeightsHash (folder.open());
    CHECK (hashOf (folder) == hash());
}
