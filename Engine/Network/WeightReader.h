// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>
#include <filesystem>
#include <initializer_list>
#include <string>

#include "Checkpoint/Checkpoint.h"
#include "Kernels/Linear.h"
#include "Offload/Config.h"

namespace tableread::engine
{
/** Turns a checkpoint's tensors, whatever they are stored in, into the ones that the engine computes with. */
class WeightReader
{
public:
    /** Matrices are kept in `matrixType` (float32 or bfloat16), those that forLayers() reads as `layerFormat` says;
        everything small stays float32. All of it on `target`. */
    WeightReader (const Checkpoint& source, at::ScalarType matrixType, at::Device target = at::kCPU,
                  WeightsFormat layerFormat = WeightsFormat::AsComputed)
        : checkpoint (source)
        , type (matrixType)
        , where (target)
        , format (layerFormat)
    {}

    /** The reader of the language model's layers. In 8 bits a matrix whose numbers the file has in that type keeps them;
        float8 without a scale gets scales of 1, all others are quantised. */
    WeightReader forLayers() const;

    at::Device device() const { return where; }

    /** The tensor as float32 on the device; int8, and float8 that has one, is multiplied by its scale (one per output
        channel: dimension 0, for transposed convolutions 1). @throws Exception InvalidInput on a wrong shape, a missing
        scale, NaN or infinity. */
    at::Tensor values (const std::string& name, at::IntArrayRef shape) const;

    /** The same to be packed: on a GPU in the type that it is kept in, which takes half the room meanwhile. */
    at::Tensor matrix (const std::string& name, at::IntArrayRef shape) const;

    /** values() and one number of it. */
    float scalar (const std::string& name) const;

    /** `prefix.weight` [n, k], packed, with `prefix.bias` [n] if wanted. */
    kernels::Weight linear (const std::string& prefix, std::int64_t n, std::int64_t k, bool withBias) const;

    /** Several matrices with the same input, stacked into one product. */
    struct Part
    {
        std::string prefix;
        std::int64_t n;
    };
    kernels::Weight stacked (std::initializer_list<Part> parts, std::int64_t k, bool withBias,
                             bool gated = false) const;

    /** A matrix [n, k] in 8 bits, for a reader of layers in 8 bits; values of the file where it has them. */
    kernels::ByteMatrix byteMatrix (const std::string& name, at::IntArrayRef shape) const;

    /** A matrix that was rearranged by the caller, packed as the others are. */
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

/** The embedding matrix, read row by row where it lies in the mapped file: never unpacked as a whole. */
class EmbeddingTable
{
public:
    EmbeddingTable (const Checkpoint& checkpoint, const std::string& name, std::int64_t vocabulary,
                    std::int64_t hidden);

    /** ids → [ids, hidden] float32. @throws Exception InvalidInput if an id is outside of the vocabulary, or a row
        holds NaN or infinity. */
    at::Tensor rows (at::ArrayRef<std::int64_t> ids) const;

private:
    std::filesystem::path where;
    std::string name;
    TensorView table;
    std::optional<TensorView> scale;
    std::int64_t vocabulary, hidden;
};
} // namespace tableread::engine
