// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Scales.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tableread::engine
{
namespace
{
constexpr std::string_view weightSuffix = ".weight";

std::uint32_t bitsAt (const TensorView& view, std::size_t index, std::size_t bytes)
{
    std::uint32_t bits = 0; // copied, because the file's data may be misaligned
    std::memcpy (&bits, view.bytes.data() + index * bytes, bytes);
    return bits;
}

float fromBits (std::uint32_t bits)
{
    float number = 0;
    std::memcpy (&number, &bits, sizeof number);
    return number;
}

float fromHalf (std::uint32_t bits)
{
    const auto sign = (bits & 0x8000) << 16;
    const auto exponent = static_cast<int> (bits >> 10 & 0x1f);
    const auto fraction = bits & 0x3ff;
    if (exponent == 0x1f)
        return fromBits (sign | 0x7f800000 | fraction << 13);
    const auto magnitude = exponent == 0 ? std::ldexp (static_cast<float> (fraction), -24)
                                         : std::ldexp (static_cast<float> (fraction | 0x400), exponent - 25);
    return sign != 0 ? -magnitude : magnitude;
}

float numberAt (const TensorView& view, std::size_t index)
{
    return view.dtype == DType::Float32   ? fromBits (bitsAt (view, index, 4))
           : view.dtype == DType::Float16 ? fromHalf (bitsAt (view, index, 2))
                                          : fromBits (bitsAt (view, index, 2) << 16);
}
} // namespace

std::vector<std::string> scaleNames (const std::string& tensor)
{
    std::vector<std::string> names;
    for (const auto* end : { "_scale", "_scale_inv", ".scale", ".scale_inv", ".scaled_fp8", "_scaled_fp8" })
        names.push_back (tensor + end);
    if (tensor.ends_with (weightSuffix))
        for (const auto* end :
             { "scale_weight", "scale_weight_inv", "scale", "scale_inv", "scaled_fp8", "w_scale", "scale_w" })
            names.push_back (tensor.substr (0, tensor.size() - weightSuffix.size() + 1) + end);
    return names;
}

bool looksLikeScale (std::string_view name)
{
    const auto last = name.substr (name.rfind ('.') + 1);
    const auto has = [last] (std::string_view piece) { return last.find (piece) != std::string_view::npos; };
    const bool isOfActivations = has ("input") || has ("output") || has ("act") || last == "k_scale" ||
                                 last == "v_scale" || last == "q_scale";
    return (has ("scale") || has ("Scale")) && ! isOfActivations;
}

std::size_t outputDimension (std::string_view tensor)
{
    return tensor.find (".convtr.") != std::string_view::npos && ! tensor.ends_with (".bias") ? 1 : 0;
}

bool isScaleShape (std::span<const std::int64_t> scale, std::span<const std::int64_t> tensor,
                   std::size_t dimension)
{
    if (tensor.size() <= dimension)
        return false;
    if (std::ranges::all_of (scale, [] (auto extent) { return extent == 1; }))
        return true;
    const auto channels = tensor[dimension];
    if (scale.size() == 1)
        return scale[0] == channels;
    if (scale.size() != tensor.size())
        return false;
    for (std::size_t d = 0; d < scale.size(); ++d)
        if (scale[d] != (d == dimension ? channels : 1))
            return false;
    return true;
}

std::vector<float> channelScales (const TensorView& scale, std::int64_t channels)
{
    const auto stored = scale.bytes.size() / static_cast<std::size_t> (bytesPerElement (scale.dtype));
    std::vector<float> factors (static_cast<std::size_t> (channels));
    for (std::size_t i = 0; i < factors.size(); ++i)
        factors[i] = numberAt (scale, stored == 1 ? 0 : i);
    return factors;
}
} // namespace tableread::engine
