// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace tableread::engine
{
/** How several tensors lie one behind the other in one block of memory, so that all of them are one allocation and one
    copy. Places are multiples of 256 bytes. Undefined tensors have a place of no bytes and stay undefined. */
class TensorLayout
{
public:
    explicit TensorLayout (const std::vector<at::Tensor*>& tensors);

    std::size_t bytes() const { return total; }

    /** Writes the tensors, which may be on a GPU, to their places in a block in host memory. */
    void writeTo (std::byte* block, const std::vector<at::Tensor*>& tensors) const;

    /** Lets the tensors be windows on a block that lies on `where`, and outlives them. */
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
