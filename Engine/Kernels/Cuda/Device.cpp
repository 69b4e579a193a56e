// SPDX-License-Identifier: Apache-2.0
#include "Device/Device.h"

#include <algorithm>
#include <chrono>
#include <cuda_runtime.h>

#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <c10/util/Exception.h>

#include "Kernels/Cuda/Parts.h"

namespace tableread::engine::kernels
{
namespace
{
namespace allocator = c10::cuda::CUDACachingAllocator;

constexpr std::int64_t largestContext = 640LL << 20; // more than this is other processes' memory

cudaEvent_t asEvent (DeviceEvent event)
{
    return static_cast<cudaEvent_t> (event);
}

std::string versionOf (int number) // 13000 is 13.0
{
    return "CUDA " + std::to_string (number / 1000) + "." + std::to_string (number % 1000 / 10);
}

/** Compute is the calling thread's stream of this device; copies have a stream of their own. */
class CudaDevice : public Device
{
public:
    /** limit: bytes that this process may take of the device, with its context; 0: all. */
    CudaDevice (int deviceIndex, std::int64_t memoryLimit)
        : Device (deviceIndex)
        , ordinal ((c10::DeviceIndex) deviceIndex)
        , limit (memoryLimit)
        , copies (c10::cuda::getStreamFromPool (true, ordinal)) // a copy that is late makes everything late
    {
        allocator::emptyCache();
        allocator::resetPeakStats (ordinal);
        const auto [free, total] = driversMemory();
        const auto reserved = stats().reserved_bytes[all].current;
        context = std::min (total - free - reserved, largestContext);
        const auto most = std::max<std::int64_t> (limit - context, 1);
        allocator::setMemoryFraction (limit > 0 ? std::min (1.0, (double) most / (double) total) : 1.0,
                                      ordinal);
    }

    std::string name() const override { return "cuda:" + std::to_string (index()); }

    DeviceProduct product() const override
    {
        cudaDeviceProp properties {};
        int driver = 0, runtime = 0;
        check (cudaGetDeviceProperties (&properties, index()));
        check (cudaDriverGetVersion (&driver));
        check (cudaRuntimeGetVersion (&runtime));
        return { .name = properties.name,
                 .driver = versionOf (driver),
                 .runtime = versionOf (runtime),
                 .architecture = "sm" + std::to_string (10 * properties.major + properties.minor) };
    }

    std::byte* allocatePinned (std::size_t bytes) override
    {
        const c10::cuda::CUDAGuard here (ordinal);
        void* memory = nullptr;
        if (cudaHostAlloc (&memory, bytes, cudaHostAllocDefault) == cudaSuccess)
            return static_cast<std::byte*> (memory);
        (void) cudaGetLastError(); // told by the null
        return nullptr;
    }

    void freePinned (std::byte* block) override { (void) cudaFreeHost (block); }

    std::byte* allocate (std::size_t bytes) override
    {
        const c10::cuda::CUDAGuard here (ordinal);
        try
        {
            return static_cast<std::byte*> (allocator::raw_alloc (bytes));
        }
        catch (const c10::OutOfMemoryError&)
        {
            return nullptr;
        }
    }

    void free (std::byte* block) override { allocator::raw_delete (block); }

    void copy (std::byte* to, const std::byte* from, std::size_t bytes) override
    {
        const c10::cuda::CUDAGuard here (ordinal);
        check (cudaMemcpyAsync (to, from, bytes, cudaMemcpyHostToDevice, copies.stream()));
    }

    DeviceEvent makeEvent (EventKind kind) override
    {
        const c10::cuda::CUDAGuard here (ordinal);
        cudaEvent_t event {};
        check (cudaEventCreateWithFlags (&event, kind == EventKind::Timed ? cudaEventDefault
                                                                          : cudaEventDisableTiming));
        return event;
    }

    void dropEvent (DeviceEvent event) override { (void) cudaEventDestroy (asEvent (event)); }

    void record (DeviceEvent event, DeviceQueue queue) override
    {
        const c10::cuda::CUDAGuard here (ordinal);
        check (cudaEventRecord (asEvent (event), streamOf (queue)));
    }

    void wait (DeviceQueue queue, DeviceEvent event) override
    {
        const c10::cuda::CUDAGuard here (ordinal);
        check (cudaStreamWaitEvent (streamOf (queue), asEvent (event)));
    }

    void waitOnHost (DeviceEvent event) override { check (cudaEventSynchronize (asEvent (event))); }

    bool happened (DeviceEvent event) override { return cudaEventQuery (asEvent (event)) == cudaSuccess; }

    double millisecondsBetween (DeviceEvent from, DeviceEvent to) override
    {
        float spent = 0;
        check (cudaEventElapsedTime (&spent, asEvent (from), asEvent (to)));
        return spent;
    }

    void synchronise() override
    {
        const c10::cuda::CUDAGuard here (ordinal);
        check (cudaStreamSynchronize (streamOf (DeviceQueue::Copy)));
        check (cudaStreamSynchronize (streamOf (DeviceQueue::Compute)));
    }

    DeviceMemory memory() override
    {
        const auto [free, total] = driversMemory();
        const auto seen = stats();
        const auto reserved = seen.reserved_bytes[all].current;
        DeviceMemory memory { .total = total,
                              .free = free,
                              .reserved = reserved,
                              .allocated = seen.allocated_bytes[all].current,
                              .returnable = reserved - seen.active_bytes[all].current -
                                            seen.inactive_split_bytes[all].current,
                              .context = context,
                              .peak = context + seen.reserved_bytes[all].peak };
        if (limit > 0)
        {
            memory.total = std::min (limit, total);
            memory.free = std::clamp<std::int64_t> (limit - context - reserved, 0, free);
        }
        return memory;
    }

    std::int64_t trim() override
    {
        const auto before = stats().reserved_bytes[all].current;
        allocator::emptyCache(); // of all devices: it knows no other way
        return before - stats().reserved_bytes[all].current;
    }

    double nowMs() override
    {
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        return std::chrono::duration<double, std::milli> (now).count();
    }

private:
    struct DriversMemory
    {
        std::int64_t free, total;
    };

    static constexpr auto all = static_cast<std::size_t> (c10::CachingAllocator::StatType::AGGREGATE);

    DriversMemory driversMemory() const
    {
        const c10::cuda::CUDAGuard here (ordinal);
        std::size_t free = 0, total = 0;
        check (cudaMemGetInfo (&free, &total));
        return { (std::int64_t) free, (std::int64_t) total };
    }

    c10::CachingDeviceAllocator::DeviceStats stats() const { return allocator::getDeviceStats (ordinal); }

    cudaStream_t streamOf (DeviceQueue queue) const
    {
        return queue == DeviceQueue::Copy ? copies.stream()
                                          : c10::cuda::getCurrentCUDAStream (ordinal).stream();
    }

    c10::DeviceIndex ordinal;
    std::int64_t limit;
    std::int64_t context = 0;
    c10::cuda::CUDAStream copies;
};
} // namespace
} // namespace tableread::engine::kernels

extern "C" __attribute__ ((visibility ("default"))) tableread::engine::Device*
tablereadMakeDevice (int index, std::int64_t memoryLimit)
{
    return new tableread::engine::kernels::CudaDevice (index, memoryLimit);
}
