// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <c10/core/Device.h>

namespace tableread::engine::kernels
{
/** On a GPU, what `body` issues of this folder's functions with few rows runs as one kernel, or as few as it takes; on a
    CPU it just runs. What modulates rows (RowNorm's shift and scale) is there before. Its tensors may go when it
    returns. A result's bits are the same as without. Before anything else is issued to the GPU, as by ATen, runChain()
    has to be called. */
void chained (at::Device device, const std::function<void()>& body);

/** Issues what the body around this has issued so far. */
void runChain (at::Device device);
} // namespace tableread::engine::kernels
