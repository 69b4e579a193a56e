// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace tableread::engine
{
/** How several tensors are laid out one after the other in one block of memory, so that they take one allocation and
    one copy. Offsets are multiples of 256 bytes. Undefined tensors take no bytes and stay undefined. */
class TensorLayout
{
public:
    explicit TensorLayout (const std::vector<at::Tensor*>& tensors);

    std::size_t bytes() const { return total; }

    /** Writes the tensors, which may be on a GPU, to their offsets in a block of host memory. */
    void writeTo (std::byte* block, const std::vector<at::Tensor*>& tensors) const;

    /** Makes the tensors views of a block on `where`; the block must outlive them. */
    void bind (const std::vector<at::Tensor*>& tensors, std::byte* block, at::Device where) const;

private:
    struct Place
    {
        std::size_t offset = 0, bytes = 0;
        std::vector<std::int64_t> sizes;
        at::ScalarType type = at::kFloat;
        bool defined = false;
    };

    std::vector<Place> places;
    std::size_t total = 0;
};
} // namespace tableread::engine
