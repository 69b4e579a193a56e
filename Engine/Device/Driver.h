// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tableread::engine
{
/** Whether NVIDIA's driver is installed, without which no GPU can be used. It need not work, or have a GPU.
    `library`: the one that CUDA itself loads. */
bool hasCudaDriver (const char* library = "libcuda.so.1");
} // namespace tableread::engine
