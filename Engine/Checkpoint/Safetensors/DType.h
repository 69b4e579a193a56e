// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace tableread::engine
{
enum class DType
{
    Float32,
    Float16,
    BFloat16,
    Float8E4M3,
    Int8,
    Int64,
    Other // not computed with; a tensor that the model does not use may have any type
};

/** The spelling of safetensors: "F32", "F16", "BF16", "F8_E4M3", "I8", "I64"; "?" for any other type. */
std::string_view nameOf (DType type);

/** 0 for any other type. */
std::int64_t bytesPerElement (DType type);
} // namespace tableread::engine
