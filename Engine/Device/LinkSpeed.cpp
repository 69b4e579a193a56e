// SPDX-License-Identifier: Apache-2.0
#include "Device/LinkSpeed.h"

#include <algorithm>
#include <vector>

namespace tableread::engine
{
double measureLink (Device& device)
{
    constexpr std::size_t bytes = std::size_t { 128 } << 20;
    constexpr int copies = 9;
    auto* from = device.allocatePinned (bytes);
    auto* to = device.allocate (bytes);
    std::vector<double> speeds;
    const auto begin = device.makeEvent (EventKind::Timed), end = device.makeEvent (EventKind::Timed);
    if (from != nullptr && to != nullptr)
    {
        std::fill_n (from, bytes, std::byte { 1 }); // unwritten pages may all map to the same zero page
        device.synchronise();
        for (int i = 0; i < copies; ++i)
        {
            device.record (begin, DeviceQueue::Copy);
            device.copy (to, from, bytes);
            device.record (end, DeviceQueue::Copy);
            device.waitOnHost (end);
            speeds.push_back (1000.0 * (double) bytes / device.millisecondsBetween (begin, end));
        }
        std::ranges::nth_element (speeds, speeds.begin() + copies / 2);
    }
    device.dropEvent (begin);
    device.dropEvent (end);
    if (to != nullptr)
        device.free (to);
    if (from != nullptr)
        device.freePinned (from);
    return speeds.empty() ? 0.0 : speeds[copies / 2];
}
} // namespace tableread::engine
