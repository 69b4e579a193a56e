// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tableread::engine::kernels
{
/** GPU matrices are padded to whole tiles of outputs and to a multiple of inputs (see GpuElement). */
inline constexpr std::int64_t tileOutputs = 16, depthMultiple = 128;

/** Elements of a packed [n, k] matrix. `granularity`: 8 for each half of a gated matrix, else a tile. */
constexpr std::int64_t packedElements (std::int64_t n, std::int64_t k, std::int64_t granularity = tileOutputs)
{
    return (n + granularity - 1) / granularity * granularity *
           ((k + depthMultiple - 1) / depthMultiple * depthMultiple);
}
} // namespace tableread::engine::kernels
