// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>

#include <catch2/catch.hpp>

#include "Checkpoint/Checkpoint.h"
#include "Checkpoint/TensorShapes.h"

using namespace tableread::engine;

namespace
{
const std::filesystem::path models = std::filesystem::path (TABLEREAD_ROOT) / "Assets/models";
}

TEST_CASE ("The shapes of a configuration are those of its checkpoint", "[engine][model]")
{
    const auto checkpoint = Checkpoint::open (models / "mini");
    auto shapes = tensorShapes (checkpoint->config());
    std::ranges::sort (shapes, {}, &TensorShape::name);
    REQUIRE (shapes.size() == checkpoint->names().size());
    for (std::size_t i = 0; i < shapes.size(); ++i)
    {
        CHECK (shapes[i].name == checkpoint->names()[i]);
        CHECK (shapes[i].shape == checkpoint->tensor (shapes[i].name).shape);
    }
}

TEST_CASE ("The published shapes have as many parameters as the published models", "[engine][model]")
{
    const auto parameters = [] (const char* name) {
        std::int64_t total = 0;
        for (const auto& tensor : tensorShapes (ModelConfig::load (models / "shapes" / name)))
        {
            std::int64_t count = 1;
            for (const auto extent : tensor.shape)
                count *= extent;
            total += count;
        }
        return total;
    };
    // vibevoice.md 6.1, bytes of bf16: layers, embedding, head, codec, connectors; 7B also has an output matrix.
    CHECK ((double) parameters ("1.5b") * 2e-9 ==
           Approx (2.621 + 0.4667 + 0.2466 + 0.6874 + 0.6874 + 0.6892 + 0.010).epsilon (1e-3));
    CHECK ((double) parameters ("7b") * 2e-9 ==
           Approx (13.051 + 1.090 + 1.3387 + 0.6874 + 0.6874 + 0.6892 + 0.0528).epsilon (1e-3));
}

TEST_CASE ("A config.json alone gives every name and shape, and no bytes", "[engine][model]")
{
    const auto shapes = Checkpoint::shapesOf (models / "mini");
    const auto real = Checkpoint::open (models / "mini");
    REQUIRE (shapes->names() == real->names());
    for (const auto& name : shapes->names())
    {
        CHECK (shapes->tensor (name).shape == real->tensor (name).shape);
        CHECK (shapes->tensor (name).bytes.empty());
    }
    CHECK (Checkpoint::hasWeights (models / "mini"));
    CHECK_FALSE (Checkpoint::hasWeights (models / "shapes/7b"));
}

TEST_CASE ("Random weights are finite, of the configuration's shapes, and not all the same",
           "[engine][model]")
{
    const auto random = Checkpoint::random (models / "mini");
    const auto real = Checkpoint::open (models / "mini");
    REQUIRE (random->names() == real->names());
    const auto values = [&random] (const char* name) {
        const auto view = random->tensor (name);
        std::vector<float> out (view.bytes.size() / 2);
        for (std::size_t i = 0; i < out.size(); ++i)
        {
            std::uint32_t bits = 0;
            std::memcpy (reinterpret_cast<char*> (&bits) + 2, view.bytes.data() + 2 * i, 2);
            std::memcpy (&out[i], &bits, 4);
        }
        return out;
    };
    const auto first = values ("model.language_model.layers.0.mlp.up_proj.weight");
    const auto second = values ("model.language_model.layers.1.mlp.up_proj.weight");
    CHECK (std::ranges::all_of (first, [] (float v) { return std::isfinite (v); }));
    CHECK (first != second);
    double square = 0;
    for (const auto v : first)
        square += (double) v * v;
    CHECK (std::sqrt (square / (double) first.size() * 448) ==
           Approx (1.0).epsilon (0.5)); // keeps a row's size
}
