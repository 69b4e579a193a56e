// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Gpu/Measures.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <vector>

namespace tableread::engine
{
double measureReading (StreamDevice& device)
{
    constexpr std::int64_t floats = std::int64_t { 256 } << 20;
    constexpr int passes = 7;
    const auto block = at::zeros ({ floats }, at::TensorOptions (at::kFloat).device (at::kCUDA));
    const auto begin = device.makeEvent (EventKind::Timed), end = device.makeEvent (EventKind::Timed);
    std::vector<double> speeds;
    for (int i = 0; i < passes; ++i)
    {
        device.record (begin, DeviceQueue::Compute);
        const auto sum = block.sum();
        device.record (end, DeviceQueue::Compute);
        device.waitOnHost (end);
        speeds.push_back (1000.0 * 4.0 * (double) floats / device.millisecondsBetween (begin, end));
    }
    device.dropEvent (begin);
    device.dropEvent (end);
    std::ranges::nth_element (speeds, speeds.begin() + passes / 2);
    return speeds[passes / 2];
}
} // namespace tableread::engine
