// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "Device/Device.h"

namespace tableread::engine
{
/** The device blocks through which offloaded layers pass. All are allocated at the start, and nothing later. */
class SlotPool
{
public:
    static constexpr std::int64_t empty = -1;

    struct Slot
    {
        std::byte* address = nullptr;
        std::int64_t holds = empty;   // what was last copied there: an index into LayerPlan::offloaded()
        bool inUse = false;           // between acquire and release
        DeviceEvent copied = nullptr; // recorded on the copy queue after each copy
        DeviceEvent computed =
            nullptr; // recorded on the compute queue after the last work that reads the slot
    };

    /** `addresses` are device blocks, from allocateOrTrim(); the pool frees them. */
    SlotPool (Device& device, const std::vector<std::byte*>& addresses);
    ~SlotPool();
    SlotPool (const SlotPool&) = delete;
    SlotPool& operator= (const SlotPool&) = delete;

    std::size_t size() const { return slots.size(); }
    Slot& operator[] (std::size_t index) { return slots[index]; }

    /** The slot that holds it; null if none does. */
    Slot* find (std::int64_t held);

private:
    Device& device;
    std::vector<Slot> slots;
};
} // namespace tableread::engine
