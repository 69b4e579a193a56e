// SPDX-License-Identifier: Apache-2.0
#include "Offload/LayerStreamer.h"

#include <algorithm>

#include <fmt/format.h>

#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
constexpr std::size_t openWaitsAtMost = 256; // more than the host is ever ahead of the device
} // namespace

LayerStreamer::LayerStreamer (StreamDevice& of, const LayerPlan& which, PinnedStore& from, CacheTrim& trims,
                              const std::vector<std::byte*>& slots, Timing timing)
    : device (of)
    , plan (which)
    , store (from)
    , trim (trims)
    , pool (of, slots)
{
    if (slots.size() != (std::size_t) plan.slots() || store.size() != plan.offloaded().size())
        fail (ErrorCode::Internal,
              fmt::format ("{} slots and {} stored layers for a plan of {} and {}", slots.size(),
                           store.size(), plan.slots(), plan.offloaded().size()));
    if (timing == Timing::On)
        for (std::size_t i = 0; i < openWaitsAtMost; ++i)
            waits.push_back ({ device.makeEvent (EventKind::Timed), device.makeEvent (EventKind::Timed) });
    for (std::size_t i = 0; i < pool.size(); ++i)
        fill (pool[i], (std::int64_t) i);
}

LayerStreamer::~LayerStreamer()
{
    for (const auto& wait : waits)
    {
        device.dropEvent (wait.before);
        device.dropEvent (wait.after);
    }
}

std::byte* LayerStreamer::acquire (std::int64_t layer)
{
    const auto index = plan.offloadedIndex (layer);
    if (index < 0)
        fail (ErrorCode::Internal,
              fmt::format ("layer {} is resident and was asked for as offloaded", layer));
    if (index != next && ! plan.copiesOnce())
        restartAt (index);
    auto& slot = *pool.find (index);
    slot.inUse = true;
    const bool timed = openWaits < waits.size();
    const auto* wait = timed ? &waits[(oldestWait + openWaits++) % waits.size()] : nullptr;
    if (timed)
        device.record (wait->before, DeviceQueue::Compute);
    device.wait (DeviceQueue::Compute, slot.copied);
    if (timed)
        device.record (wait->after, DeviceQueue::Compute);
    return slot.address;
}

void LayerStreamer::release (std::int64_t layer)
{
    const auto index = plan.offloadedIndex (layer);
    auto* slot = pool.find (index);
    if (index < 0 || slot == nullptr || ! slot->inUse)
        fail (ErrorCode::Internal, fmt::format ("layer {} was released without being in use", layer));
    slot->inUse = false;
    device.record (slot->computed, DeviceQueue::Compute);
    next = following (index, 1);
    if (plan.copiesOnce())
        return;
    fill (*slot, following (index, (std::int64_t) pool.size()));
    trim.transferred();
}

void LayerStreamer::fill (SlotPool::Slot& slot, std::int64_t index)
{
    slot.holds = index;
    device.wait (DeviceQueue::Copy, slot.computed);
    store.upload ((std::size_t) index, slot.address);
    device.record (slot.copied, DeviceQueue::Copy);
    ++counts.transfers;
    counts.bytes += (std::int64_t) store.bytesOf ((std::size_t) index);
}

/** A sweep was broken off: what lies in the slots and is wanted soon stays there, the rest is replaced. */
void LayerStreamer::restartAt (std::int64_t index)
{
    ++counts.restarts;
    const auto count = (std::int64_t) plan.offloaded().size(), slots = (std::int64_t) pool.size();
    const auto isWanted = [&] (const SlotPool::Slot& slot) {
        return (slot.holds - index + count) % count < slots;
    };
    std::size_t candidate = 0;
    for (std::int64_t ahead = 0; ahead < slots; ++ahead)
    {
        const auto wanted = following (index, ahead);
        if (pool.find (wanted) != nullptr)
            continue;
        while (isWanted (pool[candidate]))
            ++candidate;
        auto& slot = pool[candidate];
        if (slot.inUse) // whatever was issued before it was broken off still reads the slot
            device.record (slot.computed, DeviceQueue::Compute);
        slot.inUse = false;
        fill (slot, wanted);
    }
    next = index;
}

std::int64_t LayerStreamer::following (std::int64_t index, std::int64_t steps) const
{
    return (index + steps) % (std::int64_t) plan.offloaded().size();
}

void LayerStreamer::collectTimes()
{
    for (; openWaits > 0 && device.happened (waits[oldestWait].after); --openWaits)
    {
        counts.exposedWaitMs +=
            device.millisecondsBetween (waits[oldestWait].before, waits[oldestWait].after);
        oldestWait = (oldestWait + 1) % waits.size();
    }
}
} // namespace tableread::engine
