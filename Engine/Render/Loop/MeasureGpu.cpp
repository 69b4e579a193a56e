// SPDX-License-Identifier: Apache-2.0
#include "Device/LinkSpeed.h"
#include "Kernels/Gpu/Devices.h"
#include "Kernels/Gpu/Measures.h"
#include "Kernels/Gpu/StreamDevice.h"
#include "Render/GpuMeasures.h"

namespace tableread::engine
{
std::optional<GpuMeasures> measureGpu()
{
    if (! deviceFor (DeviceKind::Auto).is_cuda())
        return std::nullopt;
    GpuStreamDevice device (0);
    GpuMeasures measures;
    measures.freeBytes = device.memory().free;
    measures.linkBytesPerSecond = measureLink (device);
    measures.memoryBytesPerSecond = measureReading (device);
    device.trim();
    return measures;
}
} // namespace tableread::engine
