// SPDX-License-Identifier: Apache-2.0
// The language model's layers in 8 bits, whatever type they have in the file.
#include <ATen/ATen.h>
#include <catch2/catch.hpp>
#include <limits>

#include "Network/WeightReader.h"
#include "Support/Failure.h"
#include "Support/SafetensorsWriter.h"
#include "Support/TemporaryFolder.h"
#include "Support/Tensors.h"
#include "Support/TinyConfig.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using namespace tableread::test;
using Catch::Contains;

namespace
{
/** A matrix as a file has it: BF16, I8 or F8_E4M3, the last two with a scale if there is one. */
struct Matrix
{
    std::string name, dtype;
    at::Tensor values, scale {};
};

std::string bytesOf (const at::Tensor& tensor)
{
    const auto whole = tensor.contiguous();
    return { static_cast<const char*> (whole.const_data_ptr()), whole.nbytes() };
}

struct StoredMatrices
{
    explicit StoredMatrices (const std::vector<Matrix>& matrices)
    {
        writeFile (folder.path() / "config.json", tinyOfficialConfig().dump());
        SafetensorsWriter writer;
        for (const auto& m : matrices)
        {
            writer.add (m.name + ".weight", m.dtype, m.values.sizes().vec(), bytesOf (m.values));
            if (m.scale.defined())
                writer.add (m.name + ".weight_scale", "F32", m.scale.sizes().vec(), bytesOf (m.scale));
        }
        writer.write (folder.path() / "model.safetensors");
        checkpoint = Checkpoint::open (folder.path());
    }

    WeightReader layers (WeightsFormat format) const
    {
        return WeightReader (*checkpoint, at::kBFloat16, at::kCPU, format).forLayers();
    }

    TemporaryFolder folder;
    std::unique_ptr<Checkpoint> checkpoint;
};

at::ScalarType typeOf (WeightsFormat format)
{
    return format == WeightsFormat::Int8 ? at::kChar : at::kFloat8_e4m3fn;
}

Matrix inBytes (const std::string& name, const at::Tensor& matrix, WeightsFormat format)
{
    const auto bytes = kernels::quantise (matrix, typeOf (format));
    return { name, format == WeightsFormat::Int8 ? "I8" : "F8_E4M3", bytes.values, bytes.scale };
}

Matrix inHalf (const std::string& name, const at::Tensor& matrix)
{
    return { name, "BF16", matrix.to (at::kBFloat16) };
}

bool sameMatrix (const kernels::ByteMatrix& a, const kernels::ByteMatrix& b)
{
    return sameBits (a.values, b.values) && sameBits (a.scale, b.scale);
}

constexpr auto bothFormats = { WeightsFormat::Int8, WeightsFormat::Float8 };
} // namespace

TEST_CASE ("A layer's matrix that the file has in the wanted format keeps its bytes and scales",
           "[engine][weights]")
{
    const auto format = GENERATE (values (bothFormats));
    // Not the scale that quantising would find: absmax is not 127 or 448.
    auto stored = inBytes ("m", randomTensor ({ 12, 20 }, 1), format);
    stored.values = stored.values.view (at::kByte).bitwise_and (0xbf).view (typeOf (format));
    stored.scale = randomTensor ({ 12 }, 2).abs();
    const StoredMatrices model ({ stored });
    CHECK (sameMatrix (model.layers (format).byteMatrix ("m.weight", { 12, 20 }),
                       { stored.values, stored.scale }));

    const auto weight = model.layers (format).linear ("m", 12, 20, false);
    CHECK (sameBits (weight.channelScale, stored.scale));
    const auto x = randomTensor ({ 3, 20 }, 3);
    CHECK (sameBits (kernels::linear (x, weight),
                     kernels::linear (x, kernels::pack ({ stored.values, stored.scale }, {}))));
}

TEST_CASE ("float8 without a scale keeps its bytes too", "[engine][weights]")
{
    const auto values = randomTensor ({ 4, 8 }, 1).to (at::kFloat8_e4m3fn);
    const StoredMatrices model ({ { "m", "F8_E4M3", values } });
    CHECK (sameMatrix (model.layers (WeightsFormat::Float8).byteMatrix ("m.weight", { 4, 8 }),
                       { values, at::ones ({ 4 }) }));
    CHECK (sameMatrix (model.layers (WeightsFormat::Int8).byteMatrix ("m.weight", { 4, 8 }),
                       kernels::quantise (values.to (at::kFloat), at::kChar)));
}

TEST_CASE ("A layer's matrix of any other type is quantised as if all at once", "[engine][weights]")
{
    const auto format = GENERATE (values (bothFormats));
    const auto matrix = randomTensor ({ 12, 20 }, 1);
    const StoredMatrices model ({ inHalf ("half", matrix), inBytes ("int8", matrix, WeightsFormat::Int8),
                                  inBytes ("fp8", matrix, WeightsFormat::Float8) });
    const auto reader = model.layers (format);
    for (const std::string name : { "half.weight", "int8.weight", "fp8.weight" })
    {
        const auto read = reader.byteMatrix (name, { 12, 20 });
        if (name.starts_with (nameOf (format)))
            continue; // kept, see above
        CHECK (sameMatrix (
            read, kernels::quantise (model.layers (WeightsFormat::AsComputed).values (name, { 12, 20 }),
                                     typeOf (format))));
    }
}

TEST_CASE ("A matrix that is quantised a block of rows at a time has no seams", "[engine][weights]")
{
    const auto format = GENERATE (values (bothFormats));
    const auto matrix = randomTensor ({ 2200, 4096 }, 1).to (at::kBFloat16); // more than 2^23 numbers
    const StoredMatrices model ({ { "m", "BF16", matrix } });
    CHECK (sameMatrix (model.layers (format).byteMatrix ("m.weight", { 2200, 4096 }),
                       kernels::quantise (matrix.to (at::kFloat), typeOf (format))));
}

TEST_CASE ("Stacked matrices each keep their own bytes, whatever their types", "[engine][weights]")
{
    const auto format = GENERATE (values (bothFormats));
    const auto a = randomTensor ({ 5, 16 }, 1), b = randomTensor ({ 3, 16 }, 2),
               c = randomTensor ({ 9, 16 }, 3);
    const StoredMatrices model (
        { inBytes ("a", a, WeightsFormat::Int8), inHalf ("b", b), inBytes ("c", c, WeightsFormat::Float8) });
    const auto reader = model.layers (format);
    const auto together = reader.stacked ({ { "a", 5 }, { "b", 3 }, { "c", 9 } }, 16, false);
    const auto x = randomTensor ({ 2, 16 }, 4);
    const auto product = kernels::linear (x, together);
    std::int64_t column = 0;
    for (const auto& [name, n] : { std::pair { "a", 5 }, { "b", 3 }, { "c", 9 } })
    {
        CHECK (sameBits (product.narrow (1, column, n).contiguous(),
                         kernels::linear (x, reader.linear (name, n, 16, false))));
        column += n;
    }
}

TEST_CASE ("Only the reader of layers keeps matrices in 8 bits", "[engine][weights]")
{
    const StoredMatrices model ({ inHalf ("m", randomTensor ({ 4, 8 }, 1)) });
    const WeightReader reader (*model.checkpoint, at::kBFloat16, at::kCPU, WeightsFormat::Int8);
    CHECK (reader.linear ("m", 4, 8, false).panels.scalar_type() == at::kBFloat16);
    CHECK (reader.forLayers().linear ("m", 4, 8, false).panels.scalar_type() == at::kChar);
    const WeightReader plain (*model.checkpoint, at::kBFloat16);
    CHECK (plain.forLayers().linear ("m", 4, 8, false).panels.scalar_type() == at::kBFloat16);
}

TEST_CASE ("NaN and infinity are refused in 8 bits as well", "[engine][weights][errors]")
{
    const auto notANumber = std::numeric_limits<float>::quiet_NaN();
    auto nan = randomTensor ({ 2, 4 }, 1).to (at::kFloat8_e4m3fn);
    nan.view (at::kByte)[1][2] = GENERATE (0x7f, 0xff);
    auto scaled = inBytes ("scaled", randomTensor ({ 2, 4 }, 1), WeightsFormat::Float8);
    scaled.scale[1] = GENERATE_COPY (as<float> {}, notANumber, std::numeric_limits<float>::infinity());
    auto whole = inBytes ("whole", randomTensor ({ 2, 4 }, 1), WeightsFormat::Int8);
    whole.scale[0] = notANumber;
    auto half = randomTensor ({ 2, 4 }, 1);
    half[0][0] = notANumber;
    const StoredMatrices model ({ { "nan", "F8_E4M3", nan }, scaled, whole, inHalf ("half", half) });
    for (const auto format : bothFormats)
        for (const std::string name : { "nan", "scaled", "whole", "half" })
        {
            CAPTURE (name, nameOf (format), scaled.scale[1].item<float>(),
                     (int) nan.view (at::kByte)[1][2].item<std::uint8_t>());
            const auto error = failureOf ([&] { model.layers (format).linear (name, 2, 4, false); });
            CHECK (error.code == ErrorCode::InvalidInput);
            CHECK_THAT (error.message,
                        Contains ("tensor " + name + ".weight") && Contains ("holds NaN or infinity"));
        }
}
