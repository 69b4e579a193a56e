// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Chain.h"

#include "Kernels/Gpu/Kernels.h"

namespace tableread::engine::kernels
{
void chained (at::Device device, const std::function<void()>& body)
{
    if (! device.is_cuda())
        return body();
    gpu().beginChain();
    try
    {
        body();
        gpu().runChain();
    }
    catch (...)
    {
        gpu().endChain();
        throw;
    }
    gpu().endChain();
}

void runChain (at::Device device)
{
    if (device.is_cuda())
        gpu().runChain();
}
} // namespace tableread::engine::kernels
