// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "Offload/CacheTrim.h"
#include "Offload/LayerPlan.h"
#include "Offload/PinnedStore.h"
#include "Offload/QueueMarks.h"
#include "Offload/SlotPool.h"

namespace tableread::engine
{
/** The layers that are not resident: which, where they are in host memory, and the slots that they pass through. */
struct OffloadedLayers
{
    const LayerPlan& plan;
    PinnedStore& store;                   // all layers of plan.offloaded(), already written
    const std::vector<std::byte*>& slots; // plan.slots() device blocks of store.largest() bytes
};

/** Copies the offloaded layers to the device ahead of their use, once per layer and sweep, in cyclic order: after the
    last layer of a sweep come the first ones of the next, which are copied while the rest of the frame is computed.

    The compute queue waits for a copy, the copy queue for the work that still reads a slot; the host waits for neither.
    A layer may use another slot in the next sweep, if the slots do not divide the number of offloaded layers.

    Threads   the render thread, in the order acquire (l), work on l, release (l).
    Memory    the slots; nothing is allocated after the constructor. */
class LayerStreamer
{
public:
    struct Counters
    {
        std::int64_t transfers = 0; // layers copied
        std::int64_t bytes = 0;
        std::int64_t restarts = 0; // aborted sweeps
        double copyMs = 0;         // busy time of the copy queue; these two as far as they were collected
        double exposedWaitMs = 0;  // waits of the compute queue for copies
    };

    /** Starts copying at once. Takes ownership of the slots. */
    LayerStreamer (Device& device, CacheTrim& trim, const OffloadedLayers& layers);
    ~LayerStreamer() = default;
    LayerStreamer (const LayerStreamer&) = delete;
    LayerStreamer& operator= (const LayerStreamer&) = delete;

    /** An offloaded layer's weights on the device. Work issued on the compute queue from now on starts after the copy.
        Any layer may be acquired at any time; one out of order must be waited for. */
    std::byte* acquire (std::int64_t layer);

    /** All work that reads the layer has been issued: issues the copy of the next layer into its slot, and a trim if
        due. */
    void release (std::int64_t layer);

    /** The copies, then the waits of the compute queue for them, that ended since the last call, in milliseconds since this
        object was created; adds them to the counters. To be called about once per frame: times not collected soon enough
        are lost. */
    std::vector<ProfileSpan> collectTimes();

    /** The event at time 0 of those times. */
    DeviceEvent timesFrom() const { return begun.event; }

    const Counters& counters() const { return counts; }

private:
    /** An event before all timed work on either queue. */
    struct Begin
    {
        explicit Begin (Device& of) : device (of), event (of.makeEvent (EventKind::Timed))
        {
            device.record (event, DeviceQueue::Copy);
        }
        ~Begin() { device.dropEvent (event); }
        Begin (const Begin&) = delete;
        Begin& operator= (const Begin&) = delete;

        Device& device;
        const DeviceEvent event;
    };

    void fill (SlotPool::Slot& slot, std::int64_t index);
    void restartAt (std::int64_t index);
    std::int64_t following (std::int64_t index, std::int64_t steps) const;

    Device& device;
    LayerPlan plan;
    PinnedStore& store;
    CacheTrim& trim;
    SlotPool pool;
    std::int64_t next = 0; // the next index into plan.offloaded()
    Counters counts;
    const Begin begun;
    QueueMarks copies, waits;
};
} // namespace tableread::engine
