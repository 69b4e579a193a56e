// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "Checkpoint/Safetensors/TensorView.h"

namespace tableread::engine
{
// A tensor in 8 bits is its numbers times a scale. What quantisers call it, and its shape, differ; its meaning does not:
// also where the name ends in "_inv" it is multiplied, as the inverse of what the quantiser multiplied with.

/** A tensor that ComfyUI puts into a file with scales, whose type says which float8 the others are; not data. */
inline constexpr std::string_view scaleMarker = "scaled_fp8";

/** The names that a tensor's scale may have, the one that we write first. Official names. */
std::vector<std::string> scaleNames (const std::string& tensor);

/** Whether `name` looks like a factor for a tensor's numbers; those for activations and for a KV cache do not. */
bool looksLikeScale (std::string_view name);

/** The dimension of a tensor's output channels: a transposed convolution's weight is [in, out, k], any other tensor
    [out, …]. */
std::size_t outputDimension (std::string_view tensor);

/** Whether a scale of this shape holds one number, or one for each of the tensor's outputs: [], [1], [n], [n, 1], … */
bool isScaleShape (std::span<const std::int64_t> scale, std::span<const std::int64_t> tensor,
                   std::size_t dimension);

/** The scale of each of `channels` outputs. `scale` is F32, F16 or BF16, of one number or of as many as channels. */
std::vector<float> channelScales (const TensorView& scale, std::int64_t channels);
} // namespace tableread::engine
