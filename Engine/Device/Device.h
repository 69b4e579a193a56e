// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tableread::engine
{
/** The two work queues of a device: each runs its own work in order; both run concurrently. */
enum class DeviceQueue
{
    Copy,   // host → device
    Compute // kernels
};

/** A point in a queue that the other queue, or the host, can wait for. Created and destroyed by its device. */
using DeviceEvent = void*;

enum class EventKind
{
    Order, // only tells that work is done
    Timed  // also tells when
};

/** Memory of a device in bytes, as its driver and allocator see it. With a limit on device memory,
    `total` is the limit and `free` what is left of it. */
struct DeviceMemory
{
    std::int64_t total = 0;
    std::int64_t free = 0;
    std::int64_t reserved = 0;   // by the allocator, from the driver
    std::int64_t allocated = 0;  // of that, in use
    std::int64_t returnable = 0; // of that, entirely unused blocks: what trim() would give back
    std::int64_t context = 0;    // the driver's own memory
    std::int64_t peak = 0;       // the most reserved since the device was created, with the context

    std::int64_t used() const { return total - free; }
};

/** A device's product names, in its manufacturer's words. */
struct DeviceProduct
{
    std::string name;            // "NVIDIA H100 80GB HBM3"
    std::string driver, runtime; // "CUDA 13.0": what the driver supports, what this program was built with
    std::string architecture {}; // "sm90": products on tensor cores have the same bits on all GPUs of one
};

/** The interface of a device's memory and queues: implemented with CUDA in the engine (makeGpuDevice in
    Kernels/Gpu/Devices.h), and with a simulated clock in plan and the tests (ModelledDevice). Torch-free.

    Threads   one at a time; devices with different indices are independent.
    Errors    a failed allocation returns a null pointer; every other failure throws a std::exception. */
class Device
{
public:
    /** index: which device of its kind, counted from 0. */
    explicit Device (int index) : ownIndex (index) {}
    virtual ~Device() = default;
    Device (const Device&) = delete;
    Device& operator= (const Device&) = delete;

    int index() const { return ownIndex; }

    /** For sentences: "cuda:0". */
    virtual std::string name() const = 0;

    virtual DeviceProduct product() const = 0;

    /** Host memory for asynchronous copies. @returns null if the system refuses to pin so much. */
    virtual std::byte* allocatePinned (std::size_t bytes) = 0;
    virtual void freePinned (std::byte* block) = 0;

    /** @returns null if there is not enough memory. */
    virtual std::byte* allocate (std::size_t bytes) = 0;
    virtual void free (std::byte* block) = 0;

    /** Issues a copy, pinned host → device, on the copy queue and returns at once. */
    virtual void copy (std::byte* to, const std::byte* from, std::size_t bytes) = 0;

    virtual DeviceEvent makeEvent (EventKind kind) = 0;
    virtual void dropEvent (DeviceEvent event) = 0;

    /** The event happens when all work issued on the queue so far is done. An event may be recorded again; a wait
        refers to the latest record before the wait was issued. */
    virtual void record (DeviceEvent event, DeviceQueue queue) = 0;

    /** Work issued on the queue from now on starts after the event; the host does not wait. An event that was never
        recorded blocks nothing. */
    virtual void wait (DeviceQueue queue, DeviceEvent event) = 0;

    virtual void waitOnHost (DeviceEvent event) = 0;
    virtual bool happened (DeviceEvent event) = 0;

    /** The time between two Timed events that have happened, in milliseconds. */
    virtual double millisecondsBetween (DeviceEvent from, DeviceEvent to) = 0;

    /** The host waits until both queues are empty. */
    virtual void synchronise() = 0;

    virtual DeviceMemory memory() = 0;

    /** Returns the allocator's unused blocks to the driver, which may stall the whole device. @returns the bytes. */
    virtual std::int64_t trim() = 0;

    /** The host's clock, in milliseconds since an arbitrary moment. */
    virtual double nowMs() = 0;

private:
    int ownIndex;
};
} // namespace tableread::engine
