// SPDX-License-Identifier: Apache-2.0
#include "Kernels/PersistentKernel.h"

#include "Kernels/Gpu/Kernels.h"

namespace tableread::engine::kernels
{
void inPersistentKernel (at::Device device, const std::function<void()>& body)
{
    if (! device.is_cuda())
        return body();
    gpu().beginPersistentKernel();
    try
    {
        body();
        gpu().flushPersistentKernel();
    }
    catch (...)
    {
        gpu().endPersistentKernel();
        throw;
    }
    gpu().endPersistentKernel();
}

void flushPersistentKernel (at::Device device)
{
    if (device.is_cuda())
        gpu().flushPersistentKernel();
}
} // namespace tableread::engine::kernels
