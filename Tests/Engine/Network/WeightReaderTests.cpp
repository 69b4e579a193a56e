// SPDX-License-Identifier: Apache-2.0
#include "Network/WeightReader.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>
#include <filesystem>
#include <limits>

#include "Support/Failure.h"
#include "Support/SafetensorsWriter.h"
#include "Support/TemporaryFolder.h"
#include "Support/Tensors.h"
#include "Support/TinyConfig.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
const std::string weight = "acoustic_tokenizer.decoder.stages.0.0.gamma";
const std::string transposed = "acoustic_tokenizer.decoder.upsample_layers.1.0.convtr.convtr.weight";

/** A checkpoint of a few tensors, and its reader. */
struct Stored
{
    explicit Stored (const SafetensorsWriter& tensors)
    {
        writeFile (folder.path() / "config.json", tinyOfficialConfig().dump());
        tensors.write (folder.path() / "model.safetensors");
        checkpoint = Checkpoint::open (folder.path());
    }

    at::Tensor values (const std::string& name, at::IntArrayRef shape) const
    {
        return WeightReader (*checkpoint, at::kFloat).values (name, shape);
    }

    TemporaryFolder folder;
    std::unique_ptr<Checkpoint> checkpoint;
};

template <typename Number>
std::string bytesOf (const std::vector<Number>& numbers)
{
    return { reinterpret_cast<const char*> (numbers.data()), numbers.size() * sizeof (Number) };
}

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();

struct Case
{
    const char* dtype;
    std::string bytes;
    std::vector<float> means;
};
} // namespace

TEST_CASE ("Weights of each stored type are read as what they mean", "[engine][weights]")
{
    // Patterns from the formats' definitions: 1, a negative number, the largest, the smallest subnormal.
    const auto stored = GENERATE (values<Case> ({
        { "F32", bytesOf<float> ({ 1, -2.5f, 3e38f, 1e-45f }), { 1, -2.5f, 3e38f, 1e-45f } },
        { "BF16",
          bytesOf<std::uint16_t> ({ 0x3f80, 0xc020, 0x7f7f, 0x0001 }),
          { 1, -2.5f, 0x1.fep127f, 0x1p-133f } },
        { "F16", bytesOf<std::uint16_t> ({ 0x3c00, 0xc100, 0x7bff, 0x0001 }), { 1, -2.5f, 65504, 0x1p-24f } },
        { "F8_E4M3", bytesOf<std::uint8_t> ({ 0x38, 0xc2, 0x7e, 0x01 }), { 1, -2.5f, 448, 0x1p-9f } },
    }));
    CAPTURE (stored.dtype);
    const Stored model (SafetensorsWriter().add (weight, stored.dtype, { 2, 2 }, stored.bytes));
    const auto read = model.values (weight, { 2, 2 });
    CHECK (test::sameBits (read, at::tensor (stored.means).view ({ 2, 2 })));

    const EmbeddingTable table (*model.checkpoint, weight, 2, 2);
    CHECK (test::sameBits (table.rows ({ 1, 0, 1 }), read.index_select (0, at::tensor ({ 1, 0, 1 }))));
}

TEST_CASE ("float8 weights are multiplied by the scale that is stored with them", "[engine][weights]")
{
    const auto numbers = bytesOf<std::uint8_t> ({ 0x38, 0xc2, 0x7e, 0x01 });
    const auto whole = at::tensor ({ 1.f, -2.5f, 448.f, 0x1p-9f }).view ({ 2, 2 });
    const Stored model (SafetensorsWriter()
                            .add (weight, "F8_E4M3", { 2, 2 }, numbers)
                            .addFloats (weight + "_scale", { 2 }, { 0.5f, 2.f })
                            .add (transposed, "F8_E4M3", { 2, 2 }, numbers)
                            .addFloats (transposed + "_scale", { 2 }, { 0.5f, 2.f }));
    const auto scale = at::tensor ({ 0.5f, 2.f });
    CHECK (test::sameBits (model.values (weight, { 2, 2 }), whole * scale.view ({ 2, 1 })));
    CHECK (test::sameBits (model.values (transposed, { 2, 2 }), whole * scale));
    const EmbeddingTable table (*model.checkpoint, weight, 2, 2);
    CHECK (test::sameBits (table.rows ({ 0, 1 }), whole * scale.view ({ 2, 1 })));
}

TEST_CASE ("int8 weights are multiplied by the scale of their output channel", "[engine][weights]")
{
    // Output channels: dimension 0, or 1 for transposed convolutions.
    const std::string numbers = bytesOf<std::int8_t> ({ 1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -128 });
    const auto whole = at::tensor ({ 1.f, -2.f, 3.f, -4.f, 5.f, -6.f, 7.f, -8.f, 9.f, -10.f, 11.f, -128.f });
    const Stored model (SafetensorsWriter()
                            .add (weight, "I8", { 2, 3, 2 }, numbers)
                            .addFloats (weight + "_scale", { 2 }, { 0.5f, 2.f })
                            .add (transposed, "I8", { 2, 3, 2 }, numbers)
                            .addFloats (transposed + "_scale", { 3 }, { 0.5f, 2.f, 0.25f })
                            .add ("rows", "I8", { 6, 2 }, numbers)
                            .addFloats ("rows_scale", { 6 }, { 1, 2, 3, 4, 5, 6 }));
    const auto shaped = whole.view ({ 2, 3, 2 });
    CHECK (test::sameBits (model.values (weight, { 2, 3, 2 }),
                           shaped * at::tensor ({ 0.5f, 2.f }).view ({ 2, 1, 1 })));
    CHECK (test::sameBits (model.values (transposed, { 2, 3, 2 }),
                           shaped * at::tensor ({ 0.5f, 2.f, 0.25f }).view ({ 1, 3, 1 })));
    const EmbeddingTable table (*model.checkpoint, "rows", 6, 2);
    CHECK (test::sameBits (table.rows ({ 5, 0 }),
                           at::tensor ({ 11.f * 6, -128.f * 6, 1.f, -2.f }).view ({ 2, 2 })));
}

TEST_CASE ("One scale for a whole tensor, and scales under other names, are multiplied with as well",
           "[engine][weights]")
{
    const auto numbers = bytesOf<std::uint8_t> ({ 0x38, 0xc2, 0x7e, 0x01 });
    const auto whole = at::tensor ({ 1.f, -2.5f, 448.f, 0x1p-9f }).view ({ 2, 2 });
    const auto [name, perChannel] = GENERATE (table<std::string, bool> ({ { "m.scale_weight", false },
                                                                          { "m.weight_scale_inv", false },
                                                                          { "m.weight_scale_inv", true },
                                                                          { "m.weight_scale", true },
                                                                          { "m.scaled_fp8", false } }));
    CAPTURE (name, perChannel);
    const auto scale = perChannel ? at::tensor ({ 0.5f, 4.f }) : at::tensor ({ 0.5f, 0.5f });
    const Stored model (
        SafetensorsWriter()
            .add ("m.weight", "F8_E4M3", { 2, 2 }, numbers)
            .addFloats (name, perChannel ? std::vector<std::int64_t> { 2, 1 } : std::vector<std::int64_t> {},
                        perChannel ? std::vector { 0.5f, 4.f } : std::vector { 0.5f }));
    const auto meant = whole * scale.view ({ 2, 1 });
    CHECK (test::sameBits (model.values ("m.weight", { 2, 2 }), meant));
    CHECK (test::sameBits (EmbeddingTable (*model.checkpoint, "m.weight", 2, 2).rows ({ 0, 1 }), meant));
    const auto bytes = WeightReader (*model.checkpoint, at::kFloat, at::kCPU, WeightsFormat::Float8)
                           .forLayers()
                           .byteMatrix ("m.weight", { 2, 2 });
    CHECK (test::sameBits (bytes.values.to (at::kFloat), whole)); // taken as they are
    CHECK (test::sameBits (bytes.scale, scale));
}

TEST_CASE ("Whatever is read from a file that has shrunk is an error, not zeros", "[engine][weights][mapped]")
{
    const auto format = GENERATE (WeightsFormat::AsComputed, WeightsFormat::Int8, WeightsFormat::Float8);
    SafetensorsWriter tensors;
    tensors.add ("m.weight", "F8_E4M3", { 64, 512 }, std::string (64L * 512, '\x38'))
        .addFloats ("m.weight_scale", { 64 }, std::vector<float> (64, 1));
    const Stored model (tensors);
    const WeightReader reader = WeightReader (*model.checkpoint, at::kFloat, at::kCPU, format).forLayers();
    const EmbeddingTable table (*model.checkpoint, "m.weight", 64, 512);
    CHECK_NOTHROW (reader.linear ("m", 64, 512, false));
    const auto file = model.folder.path() / "model.safetensors";
    std::filesystem::resize_file (file, GENERATE (5000, 20'000, 33'100));
    for (const auto& error : { failureOf ([&] { reader.linear ("m", 64, 512, false); }), failureOf ([&] {
                                   model.values ("m.weight", { 64, 512 });
                               }),
                               failureOf ([&] {
                                   table.rows ({ 0, 63 });
                               }) })
    {
        CHECK (error.code == ErrorCode::Io);
        CHECK (error.where == file.string());
    }
}

TEST_CASE ("NaN and infinity in weights are refused in one sentence", "[engine][weights][errors]")
{
    const auto stored = GENERATE (values<Case> ({
        { "F32", bytesOf<float> ({ 1, notANumber }), {} },
        { "F32", bytesOf<float> ({ infinity, 1 }), {} },
        { "F32", bytesOf<float> ({ infinity, -infinity }), {} },
        { "BF16", bytesOf<std::uint16_t> ({ 0x3f80, 0xffc0 }), {} },
        { "BF16", bytesOf<std::uint16_t> ({ 0xff80, 0x3f80 }), {} },
        { "F16", bytesOf<std::uint16_t> ({ 0x7e00, 0x3c00 }), {} },
        { "F16", bytesOf<std::uint16_t> ({ 0x3c00, 0x7c00 }), {} },
        { "F8_E4M3", bytesOf<std::uint8_t> ({ 0x38, 0x7f }), {} },
        { "F8_E4M3", bytesOf<std::uint8_t> ({ 0xff, 0x38 }), {} },
    }));
    CAPTURE (stored.dtype);
    const Stored model (SafetensorsWriter()
                            .add (weight, stored.dtype, { 2 }, stored.bytes)
                            .add ("part.weight", stored.dtype, { 1, 2 }, stored.bytes)
                            .add ("rows", stored.dtype, { 1, 2 }, stored.bytes));
    const auto sentence = [] (const std::string& name) {
        return "tensor " + name +
               " holds NaN or infinity: the file is damaged or was never finished. Get the checkpoint again.";
    };
    const auto error = failureOf ([&] { model.values (weight, { 2 }); });
    CHECK (error.code == ErrorCode::InvalidInput);
    CHECK (error.message == sentence (weight));
    CHECK (error.where == model.folder.path().string());

    const WeightReader reader (*model.checkpoint, at::kBFloat16);
    CHECK (failureOf ([&] { reader.linear ("part", 1, 2, false); }).message == sentence ("part.weight"));
    const EmbeddingTable table (*model.checkpoint, "rows", 1, 2);
    CHECK (failureOf ([&] { table.rows ({ 0 }); }).message == sentence ("rows"));
}

TEST_CASE ("NaN and infinity in a scale are refused in one sentence", "[engine][weights][errors]")
{
    const std::string dtype = GENERATE ("I8", "F8_E4M3");
    const auto first = GENERATE (values<float> ({ 1, infinity }));
    const auto second = GENERATE (values<float> ({ notANumber, -infinity }));
    CAPTURE (dtype, first, second);
    const Stored model (SafetensorsWriter()
                            .add (weight, dtype, { 2, 2 }, bytesOf<std::uint8_t> ({ 0x38, 2, 3, 4 }))
                            .addFloats (weight + "_scale", { 2 }, { first, second }));
    const EmbeddingTable table (*model.checkpoint, weight, 2, 2);
    for (const auto& error : { failureOf ([&] {
                                   model.values (weight, { 2, 2 });
                               }),
                               failureOf ([&] {
                                   table.rows ({ 0, 1 });
                               }) })
    {
        CHECK (error.code == ErrorCode::InvalidInput);
        CHECK_THAT (error.message, Contains (weight) && Contains ("holds NaN or infinity"));
    }
}
