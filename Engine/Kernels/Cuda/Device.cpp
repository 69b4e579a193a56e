// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cuda_runtime.h>

#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>
#include <c10/util/Exception.h>

#include "Kernels/Cuda/Parts.h"
#include "Kernels/Gpu/Device.h"

namespace tableread::engine::kernels
{
namespace
{
namespace allocator = c10::cuda::CUDACachingAllocator;

cudaStream_t computeQueue()
{
    return c10::cuda::getCurrentCUDAStream().stream();
}

/** Highest priority: a copy that is late makes everything late. */
cudaStream_t copyQueue()
{
    static const auto queue = c10::cuda::getStreamFromPool (true);
    return queue.stream();
}

cudaEvent_t asEvent (void* event)
{
    return static_cast<cudaEvent_t> (event);
}

void tellName (GpuName* to)
{
    cudaDeviceProp properties {};
    check (cudaGetDeviceProperties (&properties, c10::cuda::current_device()));
    std::copy_n (properties.name, sizeof (to->name) - 1, to->name);
    check (cudaDriverGetVersion (&to->driver));
    check (cudaRuntimeGetVersion (&to->runtime));
}

void tellMemory (GpuMemory* to)
{
    std::size_t free = 0, total = 0;
    check (cudaMemGetInfo (&free, &total));
    const auto stats = allocator::getDeviceStats (c10::cuda::current_device());
    constexpr auto all = static_cast<std::size_t> (c10::CachingAllocator::StatType::AGGREGATE);
    *to = { .total = (std::int64_t) total,
            .free = (std::int64_t) free,
            .allocated = stats.allocated_bytes[all].current,
            .reserved = stats.reserved_bytes[all].current,
            .returnable = stats.reserved_bytes[all].current - stats.active_bytes[all].current -
                          stats.inactive_split_bytes[all].current,
            .mostReserved = stats.reserved_bytes[all].peak };
}

void limitMemory (std::int64_t bytes)
{
    std::size_t free = 0, total = 0;
    check (cudaMemGetInfo (&free, &total));
    allocator::setMemoryFraction (bytes > 0 ? std::min (1.0, (double) bytes / (double) total) : 1.0,
                                  c10::cuda::current_device());
}

void* allocate (std::int64_t bytes)
{
    try
    {
        return allocator::raw_alloc ((std::size_t) bytes);
    }
    catch (const c10::OutOfMemoryError&)
    {
        return nullptr;
    }
}

void* allocatePinned (std::int64_t bytes)
{
    void* memory = nullptr;
    if (cudaHostAlloc (&memory, (std::size_t) bytes, cudaHostAllocDefault) == cudaSuccess)
        return memory;
    (void) cudaGetLastError(); // told by the null
    return nullptr;
}

void* makeEvent (bool timed)
{
    cudaEvent_t event {};
    check (cudaEventCreateWithFlags (&event, timed ? cudaEventDefault : cudaEventDisableTiming));
    return event;
}

float millisecondsBetween (void* begin, void* end)
{
    float spent = 0;
    check (cudaEventElapsedTime (&spent, asEvent (begin), asEvent (end)));
    return spent;
}

void copyOut (void* host, const void* device, std::int64_t bytes)
{
    check (cudaMemcpyAsync (host, device, (std::size_t) bytes, cudaMemcpyDeviceToHost, computeQueue()));
    check (cudaStreamSynchronize (computeQueue()));
}
} // namespace

GpuDevice makeCudaDevice()
{
    GpuDevice table {};
    table.name = tellName;
    table.memory = tellMemory;
    table.forgetPeak = [] { allocator::resetPeakStats (c10::cuda::current_device()); };
    table.limitMemory = limitMemory;
    table.trim = [] { allocator::emptyCache(); };
    table.allocate = allocate;
    table.free = [] (void* memory) { allocator::raw_delete (memory); };
    table.allocatePinned = allocatePinned;
    table.freePinned = [] (void* memory) { (void) cudaFreeHost (memory); };
    table.makeEvent = makeEvent;
    table.dropEvent = [] (void* event) { (void) cudaEventDestroy (asEvent (event)); };
    table.recordCompute = [] (void* event) { check (cudaEventRecord (asEvent (event), computeQueue())); };
    table.recordCopy = [] (void* event) { check (cudaEventRecord (asEvent (event), copyQueue())); };
    table.computeWaits = [] (void* event) { check (cudaStreamWaitEvent (computeQueue(), asEvent (event))); };
    table.copyWaits = [] (void* event) { check (cudaStreamWaitEvent (copyQueue(), asEvent (event))); };
    table.waitFor = [] (void* event) { check (cudaEventSynchronize (asEvent (event))); };
    table.happened = [] (void* event) { return cudaEventQuery (asEvent (event)) == cudaSuccess; };
    table.synchronise = [] {
        check (cudaStreamSynchronize (copyQueue()));
        check (cudaStreamSynchronize (computeQueue()));
    };
    table.millisecondsBetween = millisecondsBetween;
    table.copyIn = [] (void* device, const void* host, std::int64_t bytes) {
        check (cudaMemcpyAsync (device, host, (std::size_t) bytes, cudaMemcpyHostToDevice, copyQueue()));
    };
    table.copyOut = copyOut;
    return table;
}
} // namespace tableread::engine::kernels
