// SPDX-License-Identifier: Apache-2.0
#include "Render/Convert.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>
#include <set>

#include "Checkpoint/TensorNames.h"
#include "Network/WeightReader.h"
#include "Support/Failure.h"
#include "Support/FileSizeLimit.h"
#include "Support/Mini.h"
#include "Support/SafetensorsWriter.h"
#include "Support/TemporaryFolder.h"
#include "Support/Tensors.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace
{
const fs::path golden = TABLEREAD_GOLDENS "/a-bf16";

std::string bytesOf (const TensorView& view)
{
    return { reinterpret_cast<const char*> (view.bytes.data()), view.bytes.size() };
}

std::string bytesOf (const at::Tensor& tensor)
{
    return { static_cast<const char*> (tensor.const_data_ptr()), tensor.nbytes() };
}

std::vector<std::string> namesIn (const fs::path& folder)
{
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator (folder))
        names.push_back (entry.path().filename().string());
    std::ranges::sort (names);
    return names;
}

/** Checks every tensor of a converted checkpoint. @returns how many are in 8 bits. */
int checkTensors (const fs::path& from, const fs::path& to, WeightsFormat format)
{
    const auto before = Checkpoint::open (from), after = Checkpoint::open (to);
    const auto reader = WeightReader (*before, at::kFloat, at::kCPU, format).forLayers();
    CHECK (after->names() == before->names());
    int converted = 0;
    for (const auto& name : before->names())
    {
        INFO (name);
        const auto old = before->tensor (name), now = after->tensor (name);
        CHECK (now.shape == old.shape);
        if (isLayerMatrix (name))
        {
            ++converted;
            const auto wanted = reader.byteMatrix (name, old.shape);
            CHECK (now.dtype == (format == WeightsFormat::Int8 ? DType::Int8 : DType::Float8E4M3));
            CHECK (bytesOf (now) == bytesOf (wanted.values));
            CHECK (bytesOf (*after->scale (name)) == bytesOf (wanted.scale));
            continue;
        }
        CHECK (now.dtype == old.dtype);
        CHECK (bytesOf (now) == bytesOf (old));
        REQUIRE (after->scale (name).has_value() == before->scale (name).has_value());
        if (const auto scale = before->scale (name))
            CHECK (bytesOf (*after->scale (name)) == bytesOf (*scale));
    }
    return converted;
}
} // namespace

TEST_CASE ("A converted checkpoint has its layers' matrices in 8 bits and everything else as it was",
           "[engine][weights][convert]")
{
    const auto format = GENERATE (WeightsFormat::Int8, WeightsFormat::Float8);
    const TemporaryFolder folder;
    const auto to = folder.path() / "converted";
    const auto report = convertCheckpoint ({ .from = golden, .to = to, .weights = format });
    CHECK (checkTensors (golden, to, format) == 14);
    CHECK (report.matrices == 14);
    CHECK (report.kept == 0);
    CHECK (report.bytesAfter < report.bytesBefore);
    CHECK (readFile (to / "config.json") == readFile (golden / "config.json"));
    CHECK (namesIn (folder.path()) == std::vector<std::string> { "converted" });

    // A checkpoint that is already converted is taken as it is.
    const auto again = convertCheckpoint ({ .from = to, .to = folder.path() / "again", .weights = format });
    CHECK (again.kept == 14);
    CHECK (readFile (folder.path() / "again/model.safetensors") == readFile (to / "model.safetensors"));
}

TEST_CASE ("The embedded model's int8 stays what it is, shard by shard, with tokenizer and voices",
           "[engine][weights][convert]")
{
    const TemporaryFolder folder;
    const auto to = folder.path() / "out/";
    std::int64_t last = 0;
    const auto report = convertCheckpoint ({ .from = mini,
                                             .to = to,
                                             .weights = WeightsFormat::Int8,
                                             .shardBytes = 20'000'000,
                                             .onProgress = [&] (std::int64_t done, std::int64_t total) {
                                                 CHECK (done > last);
                                                 CHECK (done <= total);
                                                 last = done;
                                             } });
    CHECK (report.kept == 56);
    CHECK (report.matrices == 0);
    CHECK (report.notCopied.empty());
    CHECK (last == report.bytesAfter);
    CHECK (report.bytesAfter == report.bytesBefore);
    CHECK (checkTensors (mini, to, WeightsFormat::Int8) == 56);
    CHECK (fs::exists (to / "model-00003-of-00003.safetensors"));
    for (const std::string file : { "tokenizer.json", "preprocessor_config.json", "voices/anna.flac" })
        CHECK (readFile (to / file) == readFile (mini / file));
}

TEST_CASE ("Scales of other names and shapes become ours, and what the model does not use is left out",
           "[engine][weights][convert]")
{
    const TemporaryFolder folder;
    const auto from = folder.path() / "from", to = folder.path() / "to";
    fs::create_directory (from);
    fs::copy_file (golden / "config.json", from / "config.json");
    const std::string matrix = "model.language_model.layers.0.mlp.up_proj.",
                      norm = "model.language_model.norm.weight";
    SafetensorsWriter()
        .add (matrix + "weight", "F8_E4M3", { 2, 3 }, "123456")
        .addFloats (matrix + "scale_weight", {}, { 0.5f })
        .addFloats (matrix + "scale_input", {}, { 9 })
        .add (norm, "F8_E4M3", { 2 }, "12")
        .addFloats (norm + "_scale_inv", { 1 }, { 0.25f })
        .add ("scaled_fp8", "F8_E4M3", { 2 }, "12")
        .add ("unused", "F64", { 1 }, "12345678")
        .write (from / "model.safetensors");
    convertCheckpoint ({ .from = from, .to = to, .weights = WeightsFormat::Float8 });
    const auto after = Checkpoint::open (to);
    CHECK (after->names() == std::vector<std::string> { matrix + "weight", norm });
    CHECK (after->unused().empty());
    CHECK (bytesOf (after->tensor (matrix + "weight")) == "123456");
    CHECK (after->scale (matrix + "weight")->shape == std::vector<std::int64_t> { 2 });
    CHECK (after->channelScales (matrix + "weight") == std::vector<float> { 0.5f, 0.5f });
    CHECK (after->channelScales (norm) == std::vector<float> { 0.25f, 0.25f });
}

TEST_CASE ("A checkpoint that shrinks while it is converted is an error, and leaves nothing",
           "[engine][weights][convert][mapped]")
{
    const TemporaryFolder folder;
    const auto from = folder.path() / "from";
    fs::create_directory (from);
    for (const std::string name : { "config.json", "model.safetensors" })
        fs::copy_file (golden / name, from / name);
    const auto error = failureOf ([&] {
        convertCheckpoint ({ .from = from,
                             .to = folder.path() / "to",
                             .weights = WeightsFormat::Int8,
                             .onProgress = [&] (std::int64_t, std::int64_t) {
                                 fs::resize_file (from / "model.safetensors", 100'000);
                             } });
    });
    CHECK (error.code == ErrorCode::Io);
    CHECK (error.where == (from / "model.safetensors").string());
    CHECK (namesIn (folder.path()) == std::vector<std::string> { "from" });
}

TEST_CASE ("A matrix whose file shrank before it was read is not converted as zeros",
           "[engine][weights][convert][mapped]")
{
    const TemporaryFolder folder;
    const auto from = folder.path() / "from", model = from / "model.safetensors";
    fs::create_directory (from);
    fs::copy_file (golden / "config.json", from / "config.json");
    SafetensorsWriter()
        .add ("model.language_model.layers.0.input_layernorm.weight", "F32", { 2 }, "12345678")
        .add ("model.language_model.layers.0.mlp.up_proj.weight", "F32", { 64, 512 },
              std::string (4L * 64 * 512, '\x3d'))
        .write (model);
    const auto error = failureOf ([&] {
        convertCheckpoint ({ .from = from,
                             .to = folder.path() / "to",
                             .weights = WeightsFormat::Int8,
                             .onProgress = [&] (std::int64_t, std::int64_t) {
                                 fs::resize_file (model,
                                                  std::min<std::uintmax_t> (fs::file_size (model), 50'000));
                             } });
    });
    CHECK (error.code == ErrorCode::Io);
    CHECK (error.where == model.string());
    CHECK (namesIn (folder.path()) == std::vector<std::string> { "from" });
}

TEST_CASE ("Links are followed, and what is hidden or not part of a checkpoint is left out",
           "[engine][weights][convert]")
{
    const TemporaryFolder folder;
    const auto from = folder.path() / "from", to = folder.path() / "to";
    fs::create_directories (from / ".cache");
    writeFile (from / ".cache/lock", "x");
    writeFile (from / "LICENSE", "MIT");
    for (const std::string name : { "config.json", "model.safetensors" })
        fs::create_symlink (golden / name, from / name);
    convertCheckpoint ({ .from = from, .to = to, .weights = WeightsFormat::Float8 });
    CHECK (namesIn (to) == std::vector<std::string> { "LICENSE", "config.json", "model.safetensors" });
    CHECK_FALSE (fs::is_symlink (to / "config.json"));
}

TEST_CASE ("An impossible conversion is refused, and leaves nothing", "[engine][weights][convert][errors]")
{
    const TemporaryFolder folder;
    const auto to = folder.path() / "to";
    const auto refused = [&] (const ConvertRequest& request) {
        return failureOf ([&] { convertCheckpoint (request); });
    };
    SECTION ("the folder is there already")
    {
        fs::create_directory (to);
        writeFile (to / "mine", "x");
        CHECK_THAT (refused ({ .from = golden, .to = to }).text(), Contains ("exists already"));
        CHECK (namesIn (to) == std::vector<std::string> { "mine" });
        fs::remove_all (to);
    }
    SECTION ("the folder that it would be in is not there")
    CHECK_THAT (refused ({ .from = golden, .to = to / "deeper" }).text(), Contains ("is not there"));
    SECTION ("there is no checkpoint")
    CHECK_THAT (refused ({ .from = folder.path(), .to = to }).text(), Contains ("config.json"));
    SECTION ("the disk is full")
    {
        const FileSizeLimit limit (100'000);
        const auto error = refused ({ .from = golden, .to = to });
        CHECK (error.code == ErrorCode::OutOfMemory);
        CHECK_THAT (error.text(), Contains ("cannot be"));
    }
    SECTION ("it is stopped")
    {
        const auto error =
            refused ({ .from = golden, .to = to, .onProgress = [] (std::int64_t, std::int64_t) {
                          fail (ErrorCode::Cancelled, "stopped");
                      } });
        CHECK (error.code == ErrorCode::Cancelled);
    }
    SECTION ("a weight is NaN")
    {
        const auto from = folder.path() / "from";
        fs::create_directory (from);
        fs::copy_file (golden / "config.json", from / "config.json");
        const std::string name = "model.language_model.layers.0.mlp.up_proj.weight";
        SafetensorsWriter()
            .add (name, "BF16", { 1, 2 }, "\xc0\x7f\xc0\x7f")
            .write (from / "model.safetensors");
        CHECK_THAT (refused ({ .from = from, .to = to }).text(), Contains (name) && Contains ("NaN"));
        SafetensorsWriter()
            .add (name, "I64", { 1 }, std::string (8, '\0'))
            .write (from / "model.safetensors");
        CHECK_THAT (refused ({ .from = from, .to = to }).text(),
                    Contains (name) && Contains ("not a matrix"));
        fs::remove_all (from);
    }
    CHECK (namesIn (folder.path()).empty());
}
