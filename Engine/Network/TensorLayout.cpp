// SPDX-License-Identifier: Apache-2.0
#include "Network/TensorLayout.h"

#include <ATen/ATen.h>

namespace tableread::engine
{
namespace
{
constexpr std::size_t alignment = 256; // that kernels may assume for an allocation
}

TensorLayout::TensorLayout (const std::vector<at::Tensor*>& tensors)
{
    for (const auto* tensor : tensors)
    {
        Place place;
        place.offset = total;
        if (tensor->defined())
        {
            TORCH_CHECK (tensor->is_contiguous());
            place.bytes = tensor->nbytes();
            place.sizes = tensor->sizes().vec();
            place.type = tensor->scalar_type();
            place.defined = true;
        }
        total += (place.bytes + alignment - 1) / alignment * alignment;
        places.push_back (std::move (place));
    }
}

void TensorLayout::writeTo (std::byte* block, const std::vector<at::Tensor*>& tensors) const
{
    for (std::size_t i = 0; i < places.size(); ++i)
    {
        const auto& place = places[i];
        if (! place.defined)
            continue;
        TORCH_CHECK (tensors[i]->nbytes() == place.bytes && tensors[i]->is_contiguous());
        at::from_blob (block + place.offset, place.sizes, at::TensorOptions (place.type)).copy_ (*tensors[i]);
    }
}

void TensorLayout::bind (const std::vector<at::Tensor*>& tensors, std::byte* block, at::Device where) const
{
    for (std::size_t i = 0; i < places.size(); ++i)
        if (places[i].defined)
            *tensors[i] = at::from_blob (block + places[i].offset, places[i].sizes,
                                         at::TensorOptions (places[i].type).device (where));
}
} // namespace tableread::engine
