// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "Offload/CacheTrim.h"
#include "Offload/LayerPlan.h"
#include "Offload/PinnedStore.h"
#include "Offload/QueueMarks.h"
#include "Offload/SlotPool.h"

namespace tableread::engine
{
/** Brings the offloaded layers to the device ahead of their use, one copy a layer a sweep, in cyclic order: behind the
    last layer of a sweep come the first ones of the next, which are copied while the rest of the frame is computed.

    The compute queue waits for a copy, the copy queue for the work that still reads a slot; the host waits for neither.
    A layer may lie in another slot in the next sweep, if the slots do not divide the number of offloaded layers.

    Threads   the render thread, in the order acquire (l), work on l, release (l).
    Memory    the slots; nothing is allocated after the constructor. */
class LayerStreamer
{
public:
    enum class Timing
    {
        Off,
        On // notes when each copy ran, and how long the compute queue really waited for it
    };

    struct Counters
    {
        std::int64_t transfers = 0; // layers copied
        std::int64_t bytes = 0;
        std::int64_t restarts = 0; // sweeps that were broken off
        double copyMs = 0;         // of the copy queue at work; these two only with Timing::On
        double exposedWaitMs = 0;  // of the compute queue for copies
    };

    /** Starts copying at once: the store must hold all layers of plan.offloaded(), written.
        slots: plan.slots() device blocks of store.largest() bytes, from then on this object's. */
    LayerStreamer (Device& device, const LayerPlan& plan, PinnedStore& store, CacheTrim& trim,
                   const std::vector<std::byte*>& slots, Timing timing = Timing::Off);
    ~LayerStreamer();
    LayerStreamer (const LayerStreamer&) = delete;
    LayerStreamer& operator= (const LayerStreamer&) = delete;

    /** An offloaded layer's weights on the device. Work issued on the compute queue from now on starts behind their copy.
        Any layer may be asked for at any time; one out of order has to be waited for. */
    std::byte* acquire (std::int64_t layer);

    /** All work that reads the layer was issued: issues the copy of the next layer into its slot, and the trim that may
        be due. */
    void release (std::int64_t layer);

    /** With Timing::On: the copies, then the waits of the compute queue for them, that ended since the last call, in
        milliseconds since this object was made; adds them to the counters. To be called once a frame or so: what is not
        collected in time is not noted. */
    std::vector<ProfileSpan> collectTimes();

    /** The event from which those times are counted; null without timing. */
    DeviceEvent timesFrom() const { return begun; }

    const Counters& counters() const { return counts; }

private:
    void fill (SlotPool::Slot& slot, std::int64_t index);
    void restartAt (std::int64_t index);
    std::int64_t following (std::int64_t index, std::int64_t steps) const;

    Device& device;
    LayerPlan plan;
    PinnedStore& store;
    CacheTrim& trim;
    SlotPool pool;
    std::int64_t next = 0; // index into plan.offloaded() that is due
    Counters counts;
    DeviceEvent begun = nullptr;
    std::optional<QueueMarks> copies, waits; // with timing
};
} // namespace tableread::engine
