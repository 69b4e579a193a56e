// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/TensorRoles.h"

#include <algorithm>
#include <set>

#include "Checkpoint/ForeignTensors.h"
#include "Checkpoint/LayerFormat.h"
#include "Checkpoint/Safetensors/JsonText.h"
#include "Checkpoint/Scales.h"
#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
bool isInBytes (const FoundTensor& tensor)
{
    return tensor.dtype == DType::Int8 || tensor.dtype == DType::Float8E4M3;
}

bool isFloat (const FoundTensor& tensor)
{
    return tensor.dtype == DType::Float32 || tensor.dtype == DType::Float16 ||
           tensor.dtype == DType::BFloat16;
}

std::string typeOf (const FoundTensor& tensor)
{
    return tensor.dtype == DType::Other ? inQuotes (tensor.otherType) : std::string (nameOf (tensor.dtype));
}

std::string describe (const FoundTensor& tensor)
{
    std::string shape;
    for (const auto extent : tensor.shape)
        shape += (shape.empty() ? "" : ", ") + std::to_string (extent);
    return typeOf (tensor) + " [" + shape + "]";
}

void refuseForeign (const FoundTensor& tensor)
{
    const auto foreign = foreignTensor (tensor.name);
    if (! foreign)
        return;
    const bool isLora = foreign->kind == ForeignTensor::Kind::Lora;
    fail (
        ErrorCode::Unsupported,
        "tensor " + inQuotes (tensor.name) +
            (isLora
                 ? " belongs to a LoRA that is not merged, without which the model speaks as if it were not "
                   "trained. "
                 : " belongs to weights quantised by " + std::string (foreign->maker) +
                       ", which this engine does not read. ") +
            wayOutOf (*foreign),
        tensor.file);
}

void refuseForeignLayer (const FoundTensor& tensor, const std::function<bool (std::string_view)>& isUsed)
{
    if (! tensor.name.ends_with (layerFormatEnd))
        return;
    const auto layer = tensor.name.substr (0, tensor.name.size() - layerFormatEnd.size());
    const auto format = foreignLayerFormat (tensor.words);
    if (! format.empty() && isUsed (layer + ".weight"))
        refuseLayerFormat (format, "tensor " + inQuotes (tensor.name) + " says that its layer", tensor.file);
}

class RoleFinder
{
public:
    RoleFinder (std::span<const FoundTensor> found, const std::function<bool (std::string_view)>& used)
        : tensors (found)
        , isUsed (used)
    {}

    TensorRoles roles;

    void findScales()
    {
        for (const auto& tensor : tensors)
            if (! isScale (tensor.name))
                findScale (tensor);
    }

    void checkRest()
    {
        for (const auto& tensor : tensors)
        {
            if (isScale (tensor.name))
                continue;
            if (isUsed (tensor.name))
            {
                checkUsed (tensor);
                continue;
            }
            refuseUnknownScale (tensor);
            if (tensor.name != scaleMarker && ! tensor.name.ends_with (layerFormatEnd))
                roles.unused.push_back (tensor.name);
        }
    }

private:
    bool isScale (const std::string& name) const { return takenScales.contains (name); }

    const FoundTensor* find (std::string_view name) const
    {
        const auto at = std::ranges::lower_bound (tensors, name, {}, &FoundTensor::name);
        return at != tensors.end() && at->name == name ? &*at : nullptr;
    }

    void findScale (const FoundTensor& tensor)
    {
        const bool mustFit = isUsed (tensor.name);
        for (const auto& name : scaleNames (tensor.name))
        {
            const auto* const scale = find (name);
            if (scale == nullptr || isUsed (name))
                continue;
            const bool fits = isInBytes (tensor) && isFloat (*scale) &&
                              isScaleShape (scale->shape, tensor.shape, outputDimension (tensor.name));
            if (! fits && mustFit)
                refuseScale (tensor, *scale);
            if (! fits)
                continue;
            const auto [other, isNew] = roles.scales.emplace (tensor.name, name);
            if (! isNew)
                fail (ErrorCode::InvalidInput,
                      "tensor " + inQuotes (tensor.name) + " has two scales, " + inQuotes (other->second) +
                          " and " + inQuotes (name) +
                          ", and nothing says which one is meant. Take another checkpoint.",
                      tensor.file);
            takenScales.insert (name);
        }
    }

    [[noreturn]] static void refuseScale (const FoundTensor& tensor, const FoundTensor& scale)
    {
        fail (ErrorCode::InvalidInput,
              "tensor " + inQuotes (tensor.name) + " is " + describe (tensor) + ", its scale is " +
                  describe (scale) + " (" + inQuotes (scale.name) +
                  "); an I8 or F8_E4M3 tensor, and one F32, F16 or BF16 for all of it or for each output "
                  "channel "
                  "are needed, so scales of blocks are not read. Take the bf16 checkpoint, with --weights "
                  "int8 or "
                  "fp8.",
              tensor.file);
    }

    void checkUsed (const FoundTensor& tensor) const
    {
        if (tensor.dtype == DType::Other)
            fail (
                ErrorCode::Unsupported,
                "tensor " + inQuotes (tensor.name) + " is of type " + inQuotes (tensor.otherType) +
                    "; F32, F16, BF16, F8_E4M3, I8 and I64 are known. Convert the checkpoint to one of them.",
                tensor.file);
        if (tensor.dtype == DType::Int8 && ! roles.scales.contains (tensor.name))
            fail (ErrorCode::InvalidInput,
                  "tensor " + inQuotes (tensor.name) + " is I8 and has no " +
                      inQuotes (tensor.name + "_scale") +
                      ", so its values are unknown. Take the bf16 checkpoint, with --weights int8.",
                  tensor.file);
    }

    /** Whether the model uses the tensor's numbers as they are stored, in 8 bits. */
    bool lacksScale (const FoundTensor& tensor) const
    {
        return isUsed (tensor.name) && isInBytes (tensor) && ! roles.scales.contains (tensor.name);
    }

    /** Numbers without the scale that belongs to them are noise. */
    void refuseUnknownScale (const FoundTensor& scale) const
    {
        if (! looksLikeScale (scale.name))
            return;
        const auto prefix = scale.name.substr (0, scale.name.rfind ('.'));
        const FoundTensor* of = nullptr;
        for (const auto& name : { prefix, prefix + ".weight" })
            if (const auto* const tensor = find (name); tensor != nullptr && lacksScale (*tensor))
                of = tensor;
        const bool isNumber = std::ranges::all_of (scale.shape, [] (auto extent) { return extent == 1; });
        if (scale.name == scaleMarker && isNumber && isFloat (scale)) // one for all, or for whom?
            for (const auto& tensor : tensors)
                of = of == nullptr && lacksScale (tensor) ? &tensor : of;
        if (of != nullptr)
            fail (ErrorCode::Unsupported,
                  "tensor " + inQuotes (scale.name) + " looks like the scale of " + inQuotes (of->name) +
                      ", but how to apply it is not known from this name. Take the bf16 checkpoint, with "
                      "--weights int8 or fp8.",
                  scale.file);
    }

    std::span<const FoundTensor> tensors;
    const std::function<bool (std::string_view)>& isUsed;
    std::set<std::string, std::less<>> takenScales;
};
} // namespace

TensorRoles findRoles (std::span<const FoundTensor> found,
                       const std::function<bool (std::string_view)>& isUsed)
{
    for (const auto& tensor : found)
    {
        refuseForeign (tensor);
        refuseForeignLayer (tensor, isUsed);
    }
    RoleFinder finder (found, isUsed);
    finder.findScales();
    finder.checkRest();
    return std::move (finder.roles);
}
} // namespace tableread::engine
