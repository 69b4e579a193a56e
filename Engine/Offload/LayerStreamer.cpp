// SPDX-License-Identifier: Apache-2.0
#include "Offload/LayerStreamer.h"

#include <algorithm>

#include <fmt/format.h>

#include "Core/Error.h"

namespace tableread::engine
{
LayerStreamer::LayerStreamer (Device& of, CacheTrim& trims, const OffloadedLayers& layers)
    : device (of)
    , plan (layers.plan)
    , store (layers.store)
    , trim (trims)
    , pool (of, layers.slots)
    , begun (of)
    , copies (of, DeviceQueue::Copy, begun.event)
    , waits (of, DeviceQueue::Compute, begun.event)
{
    if (pool.size() != (std::size_t) plan.slots() || store.size() != plan.offloaded().size())
        fail (ErrorCode::Internal,
              fmt::format ("{} slots and {} stored layers for a plan of {} and {}", pool.size(), store.size(),
                           plan.slots(), plan.offloaded().size()));
    for (std::size_t i = 0; i < pool.size(); ++i)
        fill (pool[i], (std::int64_t) i);
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
    const auto mark =
        waits.begin ({ .kind = ProfileSpan::Kind::CopyWait, .firstLayer = layer, .lastLayer = layer });
    device.wait (DeviceQueue::Compute, slot.copied);
    waits.end (mark);
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
    const auto layer = plan.offloaded()[(std::size_t) index];
    const auto bytes = (std::int64_t) store.bytesOf ((std::size_t) index);
    const auto mark = copies.begin (
        { .kind = ProfileSpan::Kind::Copy, .firstLayer = layer, .lastLayer = layer, .bytes = bytes });
    store.upload ((std::size_t) index, slot.address);
    copies.end (mark);
    device.record (slot.copied, DeviceQueue::Copy);
    ++counts.transfers;
    counts.bytes += bytes;
}

/** A sweep was aborted: layers that are in slots and needed soon stay there, the others are replaced. */
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
        if (slot.inUse) // work issued before the sweep was aborted may still read the slot
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

std::vector<ProfileSpan> LayerStreamer::collectTimes()
{
    std::vector<ProfileSpan> spans;
    copies.collect (spans);
    waits.collect (spans);
    for (const auto& span : spans)
        (span.kind == ProfileSpan::Kind::Copy ? counts.copyMs : counts.exposedWaitMs) += span.ms();
    return spans;
}
} // namespace tableread::engine
