// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <c10/core/Device.h>

namespace tableread::engine::kernels
{
/** Records what `body` issues of linear(), attention(), solverStep(), codecBlock() and extend() with few rows, and launches it
    as the steps of one persistent kernel, or of as few as it takes. The bits are the same as without. What modulates rows
    (RowNorm's shift and scale) must have been computed before. `body`'s tensors may be freed when it returns. Call
    flushPersistentKernel() before anything else is issued to the GPU, for example by ATen.
    Devices: CUDA. On a CPU `body` just runs. */
void inPersistentKernel (at::Device device, const std::function<void()>& body);

/** Within inPersistentKernel(): launches what has been recorded so far. */
void flushPersistentKernel (at::Device device);
} // namespace tableread::engine::kernels
