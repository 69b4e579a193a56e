// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Gpu/StreamDevice.h"

#include <algorithm>
#include <chrono>

#include "Kernels/Gpu/Device.h"

namespace tableread::engine
{
namespace
{
constexpr std::int64_t largestContext = 640LL << 20; // more than this is other processes' memory

const kernels::GpuDevice& gpu()
{
    return kernels::gpuDevice();
}

kernels::GpuMemory read()
{
    kernels::GpuMemory memory;
    gpu().memory (&memory);
    return memory;
}
} // namespace

GpuStreamDevice::GpuStreamDevice (std::int64_t deviceMemoryLimit) : limit (deviceMemoryLimit)
{
    gpu().trim();
    gpu().forgetPeak();
    const auto memory = read();
    context = std::min (memory.total - memory.free - memory.reserved, largestContext);
    gpu().limitMemory (limit > 0 ? std::max<std::int64_t> (limit - context, 1) : 0);
}

std::byte* GpuStreamDevice::allocatePinned (std::size_t bytes)
{
    return static_cast<std::byte*> (gpu().allocatePinned ((std::int64_t) bytes));
}
void GpuStreamDevice::freePinned (std::byte* block)
{
    gpu().freePinned (block);
}
std::byte* GpuStreamDevice::allocate (std::size_t bytes)
{
    return static_cast<std::byte*> (gpu().allocate ((std::int64_t) bytes));
}
void GpuStreamDevice::free (std::byte* block)
{
    gpu().free (block);
}
void GpuStreamDevice::copy (std::byte* to, const std::byte* from, std::size_t bytes)
{
    gpu().copyIn (to, from, (std::int64_t) bytes);
}
DeviceEvent GpuStreamDevice::makeEvent (EventKind kind)
{
    return gpu().makeEvent (kind == EventKind::Timed);
}
void GpuStreamDevice::dropEvent (DeviceEvent event)
{
    gpu().dropEvent (event);
}
void GpuStreamDevice::record (DeviceEvent event, DeviceQueue queue)
{
    queue == DeviceQueue::Copy ? gpu().recordCopy (event) : gpu().recordCompute (event);
}
void GpuStreamDevice::wait (DeviceQueue queue, DeviceEvent event)
{
    queue == DeviceQueue::Copy ? gpu().copyWaits (event) : gpu().computeWaits (event);
}
void GpuStreamDevice::waitOnHost (DeviceEvent event)
{
    gpu().waitFor (event);
}
bool GpuStreamDevice::happened (DeviceEvent event)
{
    return gpu().happened (event);
}
double GpuStreamDevice::millisecondsBetween (DeviceEvent from, DeviceEvent to)
{
    return gpu().millisecondsBetween (from, to);
}
void GpuStreamDevice::synchronise()
{
    gpu().synchronise();
}

DeviceMemory GpuStreamDevice::memory()
{
    const auto seen = read();
    DeviceMemory memory { .total = seen.total,
                          .free = seen.free,
                          .reserved = seen.reserved,
                          .allocated = seen.allocated,
                          .returnable = seen.returnable };
    if (limit > 0)
    {
        memory.total = std::min (limit, seen.total);
        memory.free = std::clamp<std::int64_t> (limit - context - seen.reserved, 0, seen.free);
    }
    return memory;
}

std::int64_t GpuStreamDevice::trim()
{
    const auto before = read().reserved;
    gpu().trim();
    return before - read().reserved;
}

double GpuStreamDevice::nowMs()
{
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::milli> (now).count();
}

std::int64_t GpuStreamDevice::peakBytes() const
{
    return context + read().mostReserved;
}
} // namespace tableread::engine
