// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace tableread::engine
{
// ComfyUI says how each layer is quantised: in the JSON of a tensor "<layer>.comfy_quant", or for all layers in the
// header's "_quantization_metadata". Most of its formats are plain numbers and scales; in some, weights are rotated too.

inline constexpr std::string_view layerFormatEnd = ".comfy_quant"; // of such a tensor's name

/** Empty if the layer's weights are its numbers times its scale; else what else was done to them, as in
    "\"int8_tensorwise\" with \"convrot\"". */
std::string foreignLayerFormat (std::string_view json);

/** @throws Exception Unsupported: who said it ("tensor x says that its layer"), the format, and the way out. */
[[noreturn]] void refuseLayerFormat (const std::string& format, const std::string& saidBy,
                                     const std::string& file);

/** Looks at the layers of a header's `_quantization_metadata`. `isUsed` knows the official names of the model's
    tensors. @throws Exception Unsupported for a layer of the model that is more than numbers and scales. */
void refuseForeignLayers (std::string_view metadata, const std::function<bool (std::string_view)>& isUsed,
                          const std::string& file);
} // namespace tableread::engine
