// SPDX-License-Identifier: Apache-2.0
#include "Device/ModelledDevice.h"

#include <algorithm>
#include <limits>

namespace tableread::engine
{
ModelledDevice::ModelledDevice (double bytesPerMs, std::int64_t memoryBytes, int index)
    : Device (index)
    , linkBytesPerMs (bytesPerMs)
    , total (memoryBytes > 0 ? memoryBytes : std::numeric_limits<std::int64_t>::max())
{}

ModelledDevice::~ModelledDevice() = default;

ModelledDevice::Span ModelledDevice::issue (DeviceQueue queue, double ms)
{
    auto& done = doneMs[(std::size_t) queue];
    const double begin = std::max (done, hostMs);
    done = begin + ms;
    return { begin, done };
}

void ModelledDevice::compute (double ms)
{
    issue (DeviceQueue::Compute, ms);
}

std::byte* ModelledDevice::nextBlock (std::size_t bytes)
{
    auto* block =
        reinterpret_cast<std::byte*> (nextAddress); // NOLINT(performance-no-int-to-ptr): only a number
    nextAddress += bytes;
    return block;
}

std::byte* ModelledDevice::allocatePinned (std::size_t bytes)
{
    return nextBlock (bytes);
}

void ModelledDevice::freePinned (std::byte*)
{}

std::byte* ModelledDevice::allocate (std::size_t bytes)
{
    if (allocated + (std::int64_t) bytes > total)
        return nullptr;
    allocated += (std::int64_t) bytes;
    peak = std::max (peak, allocated);
    blocks.emplace_back (nextBlock (bytes), (std::int64_t) bytes);
    return blocks.back().first;
}

void ModelledDevice::free (std::byte* block)
{
    const auto found =
        std::ranges::find_if (blocks, [block] (const auto& own) { return own.first == block; });
    if (found == blocks.end())
        return;
    allocated -= found->second;
    blocks.erase (found);
}

void ModelledDevice::copy (std::byte*, const std::byte*, std::size_t bytes)
{
    issue (DeviceQueue::Copy, (double) bytes / linkBytesPerMs);
}

DeviceEvent ModelledDevice::makeEvent (EventKind)
{
    events.push_back (std::make_unique<Event>());
    return events.back().get();
}

void ModelledDevice::dropEvent (DeviceEvent event)
{
    std::erase_if (events, [event] (const auto& own) { return own.get() == event; });
}

void ModelledDevice::record (DeviceEvent event, DeviceQueue queue)
{
    static_cast<Event*> (event)->atMs = issue (queue, 0).endMs;
}

void ModelledDevice::wait (DeviceQueue queue, DeviceEvent event)
{
    auto& done = doneMs[(std::size_t) queue];
    done = std::max (done, static_cast<Event*> (event)->atMs);
}

void ModelledDevice::waitOnHost (DeviceEvent event)
{
    hostMs = std::max (hostMs, static_cast<Event*> (event)->atMs);
}

bool ModelledDevice::happened (DeviceEvent event)
{
    return static_cast<Event*> (event)->atMs <= hostMs;
}

double ModelledDevice::millisecondsBetween (DeviceEvent from, DeviceEvent to)
{
    return static_cast<Event*> (to)->atMs - static_cast<Event*> (from)->atMs;
}

void ModelledDevice::synchronise()
{
    for (const double done : doneMs)
        hostMs = std::max (hostMs, done);
}

DeviceMemory ModelledDevice::memory()
{
    return {
        .total = total, .free = total - allocated, .reserved = allocated, .allocated = allocated, .peak = peak
    };
}

std::int64_t ModelledDevice::trim()
{
    return 0;
}
} // namespace tableread::engine
