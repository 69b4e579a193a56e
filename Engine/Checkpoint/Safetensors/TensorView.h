// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "Checkpoint/Safetensors/DType.h"

namespace tableread::engine
{
/** A view of a tensor in the mapped file: little-endian, contiguous, row-major. Lives as long as its Checkpoint. */
struct TensorView
{
    DType dtype = DType::Float32;
    std::vector<std::int64_t> shape; // empty for a scalar
    std::span<const std::byte> bytes;
};
} // namespace tableread::engine
