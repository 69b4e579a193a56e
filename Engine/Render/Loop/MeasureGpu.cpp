// SPDX-License-Identifier: Apache-2.0
#include <ATen/detail/CUDAHooksInterface.h>

#include "Device/LinkSpeed.h"
#include "Kernels/Gpu/Devices.h"
#include "Kernels/Gpu/Measures.h"
#include "Render/GpuMeasures.h"
#include "Render/Loop/TorchErrors.h"

namespace tableread::engine
{
std::optional<GpuMeasures> measureGpu()
{
    const auto gpu = deviceFor (DeviceKind::Auto);
    if (! gpu.is_cuda())
        return std::nullopt;
    return withErrorsInWords ([gpu] {
        const auto device = makeGpuDevice (gpu, 0);
        GpuMeasures measures;
        measures.freeBytes = device->memory().free;
        measures.linkBytesPerSecond = measureLink (*device);
        measures.memoryBytesPerSecond = measureReading (*device);
        device->trim();
        return std::optional (measures);
    });
}

int countGpus()
{
    return deviceFor (DeviceKind::Auto).is_cuda() ? at::detail::getCUDAHooks().getNumGPUs() : 0;
}
} // namespace tableread::engine
