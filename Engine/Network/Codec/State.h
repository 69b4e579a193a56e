// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

namespace tableread::engine
{
/** The state of a streaming codec for B streams: for each convolution, in order of execution, the last columns of its
    own input. Starts as zeros, which is the causal padding of a whole utterance, so that streaming in chunks of any
    size equals one pass. */
struct CodecState
{
    std::vector<at::Tensor> contexts; // each [B, columns, channels] float32
    at::Tensor active; // [B] int32: only rows that are not 0 keep their context; undefined: all do
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

/** The states of streams that go through the codec together, as one of as many streams. A stream that has not begun is
    silent. */
CodecState join (std::span<CodecState* const> streams);

/** Gives each stream its part of that state. */
void divide (const CodecState& all, std::span<CodecState* const> streams);
} // namespace tableread::engine
