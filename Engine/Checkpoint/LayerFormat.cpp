// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/LayerFormat.h"

#include <algorithm>
#include <array>

#include "Checkpoint/ForeignTensors.h"
#include "Checkpoint/Safetensors/JsonText.h"
#include "Checkpoint/TensorNames.h"
#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;

constexpr std::array<std::string_view, 5> plainFormats { "float8_e4m3fn", "float8_e4m3fn_rowwise",
                                                         "int8_tensorwise", "int8_rowwise",
                                                         "int8_channelwise" };
// How to multiply with the weights, or what they were before: nothing that changes them.
constexpr std::array<std::string_view, 5> harmlessFields { "format", "full_precision_matrix_mult",
                                                           "orig_dtype", "orig_shape", "out_dtype" };

std::string foreignFormat (const Json& layer)
{
    const auto format = layer.is_object() ? layer.find ("format") : layer.end();
    if (! layer.is_object() || format == layer.end() || ! format->is_string())
        return "something unknown";
    const auto& name = format->get_ref<const std::string&>();
    if (std::ranges::find (plainFormats, name) == plainFormats.end())
        return inQuotes (name);
    for (const auto& [field, value] : layer.items())
        if (std::ranges::find (harmlessFields, field) == harmlessFields.end() && ! value.is_null() &&
            value != false)
            return inQuotes (name) + " with " + inQuotes (field);
    return {};
}
} // namespace

std::string foreignLayerFormat (std::string_view json)
{
    return foreignFormat (Json::parse (json, nullptr, false));
}

void refuseLayerFormat (const std::string& format, const std::string& saidBy, const std::string& file)
{
    fail (ErrorCode::Unsupported,
          saidBy + " is quantised as " + format + ", which this engine does not read. " +
              wayOutOf ({ ForeignTensor::Kind::Quantiser, "ComfyUI" }),
          file);
}

void refuseForeignLayers (std::string_view metadata, const std::function<bool (std::string_view)>& isUsed,
                          const std::string& file)
{
    constexpr std::size_t mostBytes = 1 << 20; // a tree takes far more memory than its text
    if (metadata.size() > mostBytes)
        fail (ErrorCode::InvalidInput,
              "its header has a _quantization_metadata of " + std::to_string (metadata.size()) +
                  " bytes, at most " + std::to_string (mostBytes) +
                  " are allowed. This is not a checkpoint of VibeVoice.",
              file);
    const auto json = Json::parse (metadata, nullptr, false);
    const auto layers = json.is_object() ? json.find ("layers") : json.end();
    if (! json.is_object() || layers == json.end() || ! layers->is_object())
        return;
    for (const auto& [name, layer] : layers->items())
        if (isUsed (officialTensorName (name + ".weight")))
            if (const auto format = foreignFormat (layer); ! format.empty())
                refuseLayerFormat (format, "its header says that layer " + inQuotes (name), file);
}
} // namespace tableread::engine
