// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "Network/WeightReader.h"

namespace tableread::engine
{
/** What a streaming codec remembers of B streams: for each convolution, in the order in which they are met, the last
    columns of its own input. Starts as zeros, which is the causal padding of a whole utterance, so that streaming in
    any chunks equals one pass. */
struct CodecState
{
    std::vector<at::Tensor> contexts; // each [B, columns, channels] float32
    at::Tensor active;                // [B] int32: only rows that are not 0 remember; undefined: all do
};

/** Walks through a CodecState while a chunk runs through the layers. */
class CodecCursor
{
public:
    explicit CodecCursor (CodecState& of) : state (of) {}

    /** The next context, of `columns` of x's channels. */
    at::Tensor& context (const at::Tensor& x, std::int64_t columns);

    const at::Tensor& active() const { return state.active; }

private:
    CodecState& state;
    std::size_t next = 0;
};

/** A causal convolution with kernel k and stride s as one product: time-major [B, T, in] makes each window of k columns
    one contiguous row. Context k − s columns. */
class Convolution
{
public:
    Convolution (const WeightReader& weights, const std::string& name, std::int64_t in, std::int64_t out,
                 std::int64_t kernel, std::int64_t stride);

    /** x [B, T, in] → [B, ⌈T / s⌉, out]. A T that is no multiple of the stride is padded with zero columns on the right, as
        the original does at the end of an utterance: only the last chunk may be so. */
    at::Tensor operator() (const at::Tensor& x, CodecCursor& cursor) const;

    void addTensors (std::vector<at::Tensor*>& to);

private:
    kernels::Weight weight;
    std::int64_t inputs, kernel, stride;
};

/** A transposed convolution with kernel 2s and stride s, trimmed on the right: column t gives s columns from x[t] and
    x[t − 1]. Context 1 column. */
class TransposedConvolution
{
public:
    TransposedConvolution (const WeightReader& weights, const std::string& name, std::int64_t in,
                           std::int64_t out, std::int64_t stride);

    /** x [B, T, in] → [B, T · s, out]. */
    at::Tensor operator() (const at::Tensor& x, CodecCursor& cursor) const;

private:
    kernels::Weight weight;
    std::int64_t inputs, outputs, stride;
};
} // namespace tableread::engine
