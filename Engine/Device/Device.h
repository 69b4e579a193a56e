// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tableread::engine
{
/** The two queues of work of a device: each does its own work in order, both at the same time. */
enum class DeviceQueue
{
    Copy,   // host → device
    Compute // kernels
};

/** A point in a queue that the other queue, or the host, can wait for. Made and dropped by its device. */
using DeviceEvent = void*;

enum class EventKind
{
    Order, // says that work is done
    Timed  // and when
};

/** Memory of a device in bytes, as its driver and the allocator on top of it see it. With a limit on device memory,
    `total` is the limit and `free` what is left of it. */
struct DeviceMemory
{
    std::int64_t total = 0;
    std::int64_t free = 0;
    std::int64_t reserved = 0;   // taken from the driver by the allocator
    std::int64_t allocated = 0;  // of that, in use
    std::int64_t returnable = 0; // of that, whole blocks without any use: what trim() would give back
    std::int64_t context = 0;    // what the driver takes for itself
    std::int64_t peak = 0;       // the most that was reserved since the device was made, with the context

    std::int64_t used() const { return total - free; }
};

/** What a device is, in its maker's words. */
struct DeviceProduct
{
    std::string name;            // "NVIDIA H100 80GB HBM3"
    std::string driver, runtime; // "CUDA 13.0": what the driver knows, what this program was built with
};

/** A device's memory and its queues, without saying what kind of device it is: CUDA in the engine (makeGpuDevice in
    Kernels/Gpu/Devices.h), a clock that only counts in plan and in the tests (ModelledDevice). Torch-free.

    Threads   one at a time; devices of different indices do not know each other.
    Errors    a refusal of memory is a null pointer; what else fails throws a std::exception. */
class Device
{
public:
    /** index: which of the devices of its kind, from 0. */
    explicit Device (int index) : ownIndex (index) {}
    virtual ~Device() = default;
    Device (const Device&) = delete;
    Device& operator= (const Device&) = delete;

    int index() const { return ownIndex; }

    /** For sentences: "cuda:0". */
    virtual std::string name() const = 0;

    virtual DeviceProduct product() const = 0;

    /** Host memory that copies can read while the host goes on. @returns null if the system refuses to pin so much. */
    virtual std::byte* allocatePinned (std::size_t bytes) = 0;
    virtual void freePinned (std::byte* block) = 0;

    /** @returns null if there is no room. */
    virtual std::byte* allocate (std::size_t bytes) = 0;
    virtual void free (std::byte* block) = 0;

    /** Issues a copy, pinned host → device, on the copy queue and returns at once. */
    virtual void copy (std::byte* to, const std::byte* from, std::size_t bytes) = 0;

    virtual DeviceEvent makeEvent (EventKind kind) = 0;
    virtual void dropEvent (DeviceEvent event) = 0;

    /** The event happens when all that was issued on the queue so far is done. An event may be recorded again; whoever
        waits for it waits for the latest record before that wait was issued. */
    virtual void record (DeviceEvent event, DeviceQueue queue) = 0;

    /** Work issued on the queue from now on starts after the event; the host does not wait. An event that was never
        recorded holds up nothing. */
    virtual void wait (DeviceQueue queue, DeviceEvent event) = 0;

    virtual void waitOnHost (DeviceEvent event) = 0;
    virtual bool happened (DeviceEvent event) = 0;

    /** Between two Timed events that happened, in milliseconds. */
    virtual double millisecondsBetween (DeviceEvent from, DeviceEvent to) = 0;

    /** The host waits until both queues are empty. */
    virtual void synchronise() = 0;

    virtual DeviceMemory memory() = 0;

    /** Gives the allocator's unused blocks back to the driver, which may hold up the whole device. @returns the bytes. */
    virtual std::int64_t trim() = 0;

    /** The host's clock, in milliseconds since some moment. */
    virtual double nowMs() = 0;

private:
    int ownIndex;
};
} // namespace tableread::engine
