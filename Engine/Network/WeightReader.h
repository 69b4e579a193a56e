// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include "Checkpoint/Checkpoint.h"
#include "Kernels/Linear.h"
#include "Offload/Config.h"

namespace tableread::engine
{
/** Converts a checkpoint's tensors, of any stored type, to the ones that the engine computes with. What it returns is
    checked: @throws Exception Io if a file of the checkpoint has shrunk, or its drive is gone. */
class WeightReader
{
public:
    /** Matrices are kept in `matrixType` (float32 or bfloat16), those that forLayers() reads in `layerFormat`; small
        tensors stay float32. All are on `target`. */
    WeightReader (const Checkpoint& source, at::ScalarType matrixType, at::Device target = at::kCPU,
                  WeightsFormat layerFormat = WeightsFormat::AsComputed)
        : checkpoint (source)
        , type (matrixType)
        , where (target)
        , format (layerFormat)
    {}

    /** The reader of the language model's layers. In 8 bits, a matrix that the file has in that type keeps its numbers;
        float8 without a scale gets scales of 1; all others are quantised. */
    WeightReader forLayers() const;

    at::Device device() const { return where; }

    /** The tensor as float32 on the device; int8, and float8 with a scale, is multiplied by its scale (one for the tensor
        or for each output channel: dimension 0, for transposed convolutions 1). @throws Exception InvalidInput on a wrong shape, a missing
        scale, NaN or infinity. */
    at::Tensor values (const std::string& name, at::IntArrayRef shape) const;

    /** The same for packing: on a GPU in its final type, which takes half the memory meanwhile. */
    at::Tensor matrix (const std::string& name, at::IntArrayRef shape) const;

    /** One number, read like values(). */
    float scalar (const std::string& name) const;

    /** `prefix.weight` [n, k], packed, with `prefix.bias` [n] if `withBias`. */
    kernels::Weight linear (const std::string& prefix, std::int64_t n, std::int64_t k, bool withBias) const;

    /** Several matrices with the same input, stacked into one product. */
    struct Part
    {
        std::string prefix;
        std::int64_t n;
    };
    kernels::Weight stacked (std::initializer_list<Part> parts, std::int64_t k, bool withBias,
                             bool gated = false) const;

    /** A matrix [n, k] in 8 bits, for a reader of layers in 8 bits; with the file's values if it has them. */
    kernels::ByteMatrix byteMatrix (const std::string& name, at::IntArrayRef shape) const;

    /** Packs a matrix that the caller has rearranged, like the others. */
    kernels::Weight packed (const at::Tensor& matrix, const at::Tensor& bias = {}, bool gated = false) const;

    const Checkpoint& checkpoint;

private:
    /** The scale of a tensor, checked; undefined if it has none and needs none. */
    at::Tensor scaleOf (const std::string& name, const TensorView& tensor) const;
    at::Tensor inFloat (const std::string& name, const TensorView& view, const at::Tensor& scale) const;

    at::ScalarType type;
    at::Device where;
    WeightsFormat format;
};

/** The embedding matrix, read row by row from the mapped file: never unpacked as a whole. */
class EmbeddingTable
{
public:
    EmbeddingTable (const Checkpoint& checkpoint, const std::string& name, std::int64_t vocabulary,
                    std::int64_t hidden);

    /** ids → [ids, hidden] float32. @throws Exception InvalidInput if an id is outside the vocabulary, or a row
        contains NaN or infinity; Io if a mapped file has shrunk. */
    at::Tensor rows (at::ArrayRef<std::int64_t> ids) const;

private:
    std::filesystem::path where;
    std::string name;
    TensorView table;
    std::vector<float> scales; // of each row; empty: none
    std::int64_t vocabulary, hidden;
};
} // namespace tableread::engine
