// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tableread::engine::kernels
{
/** Bytes of device memory, as driver and allocator see them. */
struct GpuMemory
{
    std::int64_t total = 0, free = 0;         // the driver's, of the whole device
    std::int64_t allocated = 0, reserved = 0; // in use by tensors; taken from the driver for them
    std::int64_t returnable = 0;              // reserved blocks of which nothing is in use
    std::int64_t mostReserved = 0;            // since forgetPeak()
};

struct GpuName
{
    char name[256] = {};
    int driver = 0, runtime = 0; // as CUDA counts: 13000 is 13.0
};

/** What moves weights to a GPU and watches its memory; the other half of GpuKernels. Copies have a queue of their own
    beside the calling thread's stream, and meet it at events only. Functions that can fail throw. */
struct GpuDevice
{
    void (*name) (GpuName*);
    void (*memory) (GpuMemory*);
    void (*forgetPeak)();
    /** No more than so many bytes for tensors; 0: all of it. */
    void (*limitMemory) (std::int64_t bytes);
    /** Returns what is reserved and not in use; waits for the device. */
    void (*trim)();

    /** @returns null if there is no room. */
    void* (*allocate) (std::int64_t bytes);
    void (*free) (void*);

    /** Page-locked, which copies at the link's speed. @returns null if the system refuses. */
    void* (*allocatePinned) (std::int64_t bytes);
    void (*freePinned) (void*);

    /** Timed events can tell how much time lies between two of them; the others only order, and cost less. */
    void* (*makeEvent) (bool timed);
    void (*dropEvent) (void* event);
    void (*recordCompute) (void* event);
    void (*recordCopy) (void* event);
    void (*computeWaits) (void* event);
    void (*copyWaits) (void* event);
    /** The calling thread waits. */
    void (*waitFor) (void* event);
    bool (*happened) (void* event);
    /** The calling thread waits until both queues are empty. */
    void (*synchronise)();
    /** Between two timed events that are done. */
    float (*millisecondsBetween) (void* begin, void* end);

    /** Behind what the copy queue has to do; from pinned memory it returns at once. */
    void (*copyIn) (void* device, const void* host, std::int64_t bytes);
    /** The calling thread waits until it is done. */
    void (*copyOut) (void* host, const void* device, std::int64_t bytes);
};

/** @throws Exception Internal if loadGpu() was not called. */
const GpuDevice& gpuDevice();
} // namespace tableread::engine::kernels
