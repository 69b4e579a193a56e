// SPDX-License-Identifier: Apache-2.0
#include "Offload/SlotPool.h"

#include <algorithm>

namespace tableread::engine
{
SlotPool::SlotPool (Device& of, const std::vector<std::byte*>& addresses) : device (of)
{
    for (auto* address : addresses)
    {
        Slot slot;
        slot.address = address;
        slot.copied = device.makeEvent (EventKind::Order);
        slot.computed = device.makeEvent (EventKind::Order);
        slots.push_back (slot);
    }
}

SlotPool::~SlotPool()
{
    device.synchronise(); // issued work that was never released may still read a slot
    for (const auto& slot : slots)
    {
        device.free (slot.address);
        device.dropEvent (slot.copied);
        device.dropEvent (slot.computed);
    }
}

SlotPool::Slot* SlotPool::find (std::int64_t held)
{
    const auto slot = std::ranges::find (slots, held, &Slot::holds);
    return slot == slots.end() ? nullptr : &*slot;
}
} // namespace tableread::engine
