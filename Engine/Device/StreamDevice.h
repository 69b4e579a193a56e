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

    std::int64_t used() const { return total - free; }
};

/** What layer offloading needs of a device, without saying what kind of device it is: CUDA in the engine, a clock that
    only counts in plan and in the tests. Torch-free.

    Threads   the render thread only.
    Errors    a refusal of memory is a null pointer; what else fails throws tableread::Exception. */
class StreamDevice
{
public:
    virtual ~StreamDevice() = default;

    /** For sentences: "cuda:0". */
    virtual std::string name() const = 0;

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
};
} // namespace tableread::engine
