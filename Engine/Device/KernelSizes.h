// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/** Sizes that the GPU's kernels are built on and that the planner uses to compute memory: free of Torch and CUDA, and
    defined only here. */
namespace tableread::engine::kernels
{
/** A GPU matrix is split into tiles of this many outputs and inputs (see GpuElement). */
inline constexpr int tileOutputs = 16, tileDepth = 16;

/** The inputs of a GPU matrix are padded to a multiple of this, its outputs to whole tiles. */
inline constexpr int depthMultiple = 128;

/** Positions per block of attention; a longer passage is split. */
inline constexpr int attentionSplit = 32;

/** Rows of a prompt that are computed together, counted from its beginning and again from the end of its prefix. */
inline constexpr int promptBlock = 128;

/** Elements of a packed [n, k] matrix. `granularity`: 8 for each half of a gated matrix, else a tile. */
constexpr std::int64_t packedElements (std::int64_t n, std::int64_t k, std::int64_t granularity = tileOutputs)
{
    return (n + granularity - 1) / granularity * granularity *
           ((k + depthMultiple - 1) / depthMultiple * depthMultiple);
}

/** The number of splits for attention over this many positions. */
constexpr std::int64_t attentionSplits (std::int64_t positions)
{
    return (positions + attentionSplit - 1) / attentionSplit;
}
} // namespace tableread::engine::kernels
