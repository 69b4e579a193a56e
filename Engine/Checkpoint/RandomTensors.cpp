// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/RandomTensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>

namespace tableread::engine
{
namespace
{
constexpr std::size_t period = 1'000'003; // prime, so that rows of a matrix do not repeat

std::size_t elements (const TensorShape& tensor)
{
    return (std::size_t) std::accumulate (tensor.shape.begin(), tensor.shape.end(), std::int64_t { 1 },
                                          std::multiplies<>());
}

std::uint16_t bfloat16 (float value)
{
    return (std::uint16_t) ((std::bit_cast<std::uint32_t> (value) + 0x8000u) >> 16);
}
} // namespace

RandomTensors::Kind RandomTensors::kindOf (const TensorShape& tensor)
{
    const auto& name = tensor.name;
    if (name.ends_with ("scaling_factor"))
        return { 0.2f, 0.0f };
    if (name.ends_with ("bias_factor"))
        return { -0.05f, 0.0f };
    if (name.ends_with ("norm.weight"))
        return { 1.0f, 0.125f };
    if (name.ends_with ("gamma"))
        return { 0.0f, 0.25f };
    if (tensor.shape.size() < 2)
        return { 0.0f, 0.03125f };
    const auto inputs = (float) elements (tensor) / (float) tensor.shape.front();
    return { 0.0f, std::exp2 (-std::round (std::log2 (std::sqrt (inputs)))) };
}

RandomTensors::RandomTensors (const std::vector<TensorShape>& shapes)
{
    std::map<Kind, std::size_t> longest;
    for (const auto& tensor : shapes)
    {
        auto& length = longest[kindOf (tensor)];
        length = std::max (length, elements (tensor));
    }
    std::mt19937 generator (1);
    std::normal_distribution<float> normal;
    std::vector<float> base (period);
    std::ranges::generate (base, [&] { return normal (generator); });
    for (const auto& [kind, length] : longest)
    {
        auto& pool = values[kind];
        pool.resize (length + period);
        std::ranges::transform (base, pool.begin(), [&kind = kind] (float value) {
            return bfloat16 (kind.mean + kind.spread * value);
        });
        for (auto filled = period; filled < pool.size(); filled += std::min (filled, pool.size() - filled))
            std::copy_n (pool.begin(), std::min (filled, pool.size() - filled),
                         pool.begin() + (std::ptrdiff_t) filled);
    }
}

TensorView RandomTensors::view (const TensorShape& tensor) const
{
    const auto& pool = values.at (kindOf (tensor));
    const auto place = std::hash<std::string>() (tensor.name) % period;
    return { DType::BFloat16, tensor.shape,
             std::as_bytes (std::span (pool).subspan (place, elements (tensor))) };
}
} // namespace tableread::engine
