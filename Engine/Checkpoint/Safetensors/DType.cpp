// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Safetensors/DType.h"

namespace tableread::engine
{
std::string_view nameOf (DType type)
{
    switch (type)
    {
        case DType::Float32:
            return "F32";
        case DType::Float16:
            return "F16";
        case DType::BFloat16:
            return "BF16";
        case DType::Float8E4M3:
            return "F8_E4M3";
        case DType::Int8:
            return "I8";
        case DType::Int64:
            return "I64";
        case DType::Other:
            break;
    }
    return "?";
}

std::int64_t bytesPerElement (DType type)
{
    switch (type)
    {
        case DType::Int64:
            return 8;
        case DType::Float32:
            return 4;
        case DType::Float16:
        case DType::BFloat16:
            return 2;
        case DType::Float8E4M3:
        case DType::Int8:
            return 1;
        case DType::Other:
            break;
    }
    return 0;
}
} // namespace tableread::engine
