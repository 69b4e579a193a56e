// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Safetensors/ShardWriter.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "Checkpoint/Safetensors/File.h"
#include "Checkpoint/Safetensors/ShardIndex.h"
#include "Support/Failure.h"
#include "Support/FileSizeLimit.h"
#include "Support/SafetensorsWriter.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
/** A tensor's bytes, different for each tensor. */
std::string contentOf (const PlannedTensor& tensor)
{
    std::string content;
    for (std::int64_t i = 0; i < tensor.bytes(); ++i)
        content += static_cast<char> (i * 7 + tensor.name.back());
    return content;
}

const std::vector<PlannedTensor> five { { "a", DType::BFloat16, { 3, 5 } },
                                        { "b", DType::Int8, { 7 } },
                                        { "b_scale", DType::Float32, {} },
                                        { "nothing", DType::Float32, { 0, 4 } },
                                        { "z", DType::Float8E4M3, { 2, 9 } } };

/** Writes all of them, `atOnce` bytes at a time. */
void writeAll (const std::filesystem::path& folder, std::int64_t shardBytes, std::size_t atOnce)
{
    ShardWriter writer (folder, five, shardBytes);
    std::string all;
    for (const auto& tensor : five)
        all += contentOf (tensor);
    for (std::size_t at = 0; at < all.size(); at += atOnce)
    {
        const auto part = all.substr (at, atOnce);
        writer.write (std::as_bytes (std::span (part.data(), part.size())));
    }
    writer.finish();
}

/** {tensor: shard} as found in the files, whose contents it checks. */
std::map<std::string, std::string> shardsIn (const std::filesystem::path& folder)
{
    std::map<std::string, std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator (folder))
    {
        if (entry.path().extension() != ".safetensors")
            continue;
        const SafetensorsFile file (entry.path());
        for (const auto& tensor : file.entries())
        {
            const auto wanted = std::ranges::find (five, tensor.name, &PlannedTensor::name);
            REQUIRE (wanted != five.end());
            CHECK (tensor.dtype == wanted->dtype);
            CHECK (tensor.shape == wanted->shape);
            const auto data = file.data (tensor);
            CHECK (std::string (reinterpret_cast<const char*> (data.data()), data.size()) ==
                   contentOf (*wanted));
            found[tensor.name] = entry.path().filename().string();
        }
    }
    return found;
}
} // namespace

TEST_CASE ("Tensors that are written come back from one file", "[engine][checkpoint][weights]")
{
    const auto atOnce = GENERATE (values<std::size_t> ({ 1, 8, 1000 }));
    const TemporaryFolder folder;
    writeAll (folder.path(), 1000, atOnce);
    const auto found = shardsIn (folder.path());
    CHECK (found.size() == five.size());
    for (const auto& [tensor, shard] : found)
        CHECK (shard == "model.safetensors");
    CHECK_FALSE (std::filesystem::exists (folder.path() / "model.safetensors.index.json"));
    CHECK (static_cast<std::int64_t> (std::filesystem::file_size (folder.path() / "model.safetensors")) ==
           ShardWriter (folder.path(), five, 1000).totalBytes());
}

TEST_CASE ("Tensors that need more than one shard come with a correct index", "[engine][checkpoint][weights]")
{
    const auto atOnce = GENERATE (values<std::size_t> ({ 1, 8, 1000 }));
    const TemporaryFolder folder;
    writeAll (folder.path(), 37, atOnce); // a and b just fit; b_scale and z do too; nothing is in between
    const auto found = shardsIn (folder.path());
    const std::string first = "model-00001-of-00002.safetensors", second = "model-00002-of-00002.safetensors";
    CHECK (
        found ==
        std::map<std::string, std::string> {
            { "a", first }, { "b", first }, { "b_scale", second }, { "nothing", second }, { "z", second } });
    const auto index = ShardIndex::read (folder.path() / "model.safetensors.index.json");
    CHECK (index.shardOf == found);
    const auto json = nlohmann::json::parse (readFile (folder.path() / "model.safetensors.index.json"));
    CHECK (json.at ("metadata").at ("total_size") == 30 + 7 + 4 + 18);
}

TEST_CASE ("A tensor larger than a shard has one of its own", "[engine][checkpoint][weights]")
{
    const TemporaryFolder folder;
    writeAll (folder.path(), 1, 1000);
    const auto found = shardsIn (folder.path());
    CHECK (found.at ("a") == "model-00001-of-00004.safetensors");
    CHECK (found.at ("z") == "model-00004-of-00004.safetensors");
}

TEST_CASE ("A full disk is reported in one sentence", "[engine][checkpoint][weights][errors]")
{
    const TemporaryFolder folder;
    const auto error = failureOf ([&] {
        const FileSizeLimit limit (300);
        writeAll (folder.path(), 1000, 8);
    });
    CHECK (error.code == ErrorCode::OutOfMemory);
    CHECK_THAT (error.text(),
                Contains ("model.safetensors: cannot be written: ") && Contains ("another disk"));
}

TEST_CASE ("Writing more or less than planned is an error", "[engine][checkpoint][weights][errors]")
{
    const TemporaryFolder folder;
    ShardWriter writer (folder.path(), { { "a", DType::Int8, { 3 } } }, 1000);
    const std::string content = "abcd";
    const auto bytes = std::as_bytes (std::span (content.data(), content.size()));
    CHECK (failureOf ([&] { writer.finish(); }).code == ErrorCode::Internal);
    CHECK (failureOf ([&] { writer.write (bytes); }).code == ErrorCode::Internal);
}
