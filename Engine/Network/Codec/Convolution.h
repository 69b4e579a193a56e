// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "Network/Codec/State.h"
#include "Network/WeightReader.h"

namespace tableread::engine
{
inline constexpr std::int64_t codecTaps = 7; // kernel columns of stems, heads and mixers

/** A causal convolution with kernel k and stride s as one product: time-major [B, T, in] makes each window of k columns
    one contiguous row. The context has k − s columns. */
class Convolution
{
public:
    /** What the weights are for. */
    struct Shape
    {
        std::int64_t in = 0, out = 0;        // channels
        std::int64_t kernel = 0, stride = 1; // columns
    };

    /** Reads `name.weight` [out, in, kernel] and `name.bias`. */
    Convolution (const WeightReader& weights, const std::string& name, const Shape& shape);

    /** x [B, T, in] → [B, ⌈T / s⌉, out]. If T is not a multiple of the stride, zero columns are added on the right,
        as in the original at the end of an utterance: only the last chunk may have such a T. */
    at::Tensor operator() (const at::Tensor& x, CodecCursor& cursor) const;

    void addTensors (std::vector<at::Tensor*>& to);

private:
    Shape shape;
    kernels::Weight weight;
};

/** A transposed convolution with kernel 2s and stride s, trimmed on the right: column t gives s columns from x[t] and
    x[t − 1]. The context has 1 column. */
class TransposedConvolution
{
public:
    /** What the weights are for; the kernel has 2 · stride columns. */
    struct Shape
    {
        std::int64_t in = 0, out = 0; // channels
        std::int64_t stride = 1;      // columns
    };

    /** Reads `name.weight` [in, out, 2 · stride] and `name.bias`. */
    TransposedConvolution (const WeightReader& weights, const std::string& name, const Shape& shape);

    /** x [B, T, in] → [B, T · s, out]. */
    at::Tensor operator() (const at::Tensor& x, CodecCursor& cursor) const;

private:
    Shape shape;
    kernels::Weight weight;
};
} // namespace tableread::engine
