// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "Device/ModelledDevice.h"

namespace tableread::test
{
/** A device on a virtual clock that also checks what is asked of it, by the order that is guaranteed and not by what
    happened to be early enough: a block is never overwritten while work that reads it may run, nor read before its copy
    must be over. Host blocks are told apart by the number in their first byte, which travels with the copies.

    Errors are listed in `faults`, in words: a test checks that there are none. */
class FakeDevice : public engine::ModelledDevice
{
public:
    explicit FakeDevice (double bytesPerMs = 1.0, std::int64_t memoryBytes = 0)
        : ModelledDevice (bytesPerMs, memoryBytes)
    {}

    std::vector<std::string> faults;
    std::vector<int> copies;        // first bytes, in the order of the copies
    std::vector<std::string> calls; // "copy", "compute", "trim", in the order of their issue
    int allocations = 0, refuseAllocations = 0, blocksInUse = 0, eventsInUse = 0;
    std::size_t pinnedAtMost = ~std::size_t { 0 };
    std::int64_t unusedBlocks = 0;             // bytes that a trim returns
    std::optional<engine::DeviceMemory> shown; // reported instead of the real memory
    double trimMs = 0;
    int trims = 0, hostWaits = 0;

    using ModelledDevice::compute;

    /** Work that reads a block, which must hold what was copied from a block that begins with `content`. */
    void compute (double ms, const std::byte* block, int content)
    {
        calls.emplace_back ("compute");
        auto& state = blocks.at (block);
        if (! knows (clockOf (engine::DeviceQueue::Compute), engine::DeviceQueue::Copy, state.written))
            faults.emplace_back ("content " + std::to_string (content) +
                                 " is read before its copy must be over");
        if (state.content != content)
            faults.emplace_back ("content " + std::to_string (content) + " was wanted, " +
                                 std::to_string (state.content) + " lies there");
        ModelledDevice::compute (ms);
        state.read = step (engine::DeviceQueue::Compute);
    }

    std::byte* allocatePinned (std::size_t bytes) override
    {
        if (pinned + bytes > pinnedAtMost)
            return nullptr;
        pinned += bytes;
        ++allocations;
        ++blocksInUse;
        auto block = std::make_unique<std::byte[]> (bytes);
        auto* address = block.get();
        hosts[address] = std::move (block);
        return address;
    }

    void freePinned (std::byte* block) override
    {
        --blocksInUse;
        if (hosts.erase (block) == 0)
            faults.emplace_back ("a host block was freed that is none");
    }

    std::byte* allocate (std::size_t bytes) override
    {
        if (refuseAllocations > 0 && refuseAllocations--)
            return nullptr;
        auto* block = ModelledDevice::allocate (bytes);
        if (block == nullptr)
            return nullptr;
        ++allocations;
        ++blocksInUse;
        blocks[block] = {};
        return block;
    }

    void free (std::byte* block) override
    {
        --blocksInUse;
        const auto found = blocks.find (block);
        if (found == blocks.end())
            return faults.push_back ("a device block was freed that is none");
        if (! knows (host, engine::DeviceQueue::Compute, found->second.read) ||
            ! knows (host, engine::DeviceQueue::Copy, found->second.written))
            faults.emplace_back ("a device block was freed while work may use it");
        blocks.erase (found);
        ModelledDevice::free (block);
    }

    void copy (std::byte* to, const std::byte* from, std::size_t bytes) override
    {
        calls.emplace_back ("copy");
        ModelledDevice::copy (to, from, bytes);
        auto found = --blocks.upper_bound (to);
        auto& state = found->second;
        if (! knows (clockOf (engine::DeviceQueue::Copy), engine::DeviceQueue::Compute, state.read))
            faults.emplace_back ("content " + std::to_string (state.content) +
                                 " is overwritten while work may read it");
        if (to == found->first) // otherwise the rest of a copy in pieces
        {
            state.content = (int) *from;
            copies.push_back (state.content);
        }
        state.written = step (engine::DeviceQueue::Copy);
    }

    engine::DeviceEvent makeEvent (engine::EventKind kind) override
    {
        ++allocations;
        ++eventsInUse;
        return ModelledDevice::makeEvent (kind);
    }

    void dropEvent (engine::DeviceEvent event) override
    {
        --eventsInUse;
        recorded.erase (event);
        ModelledDevice::dropEvent (event);
    }

    void record (engine::DeviceEvent event, engine::DeviceQueue queue) override
    {
        recorded[event] = clockOf (queue);
        ModelledDevice::record (event, queue);
    }

    void wait (engine::DeviceQueue queue, engine::DeviceEvent event) override
    {
        learn (clocks[(std::size_t) queue], recorded[event]);
        ModelledDevice::wait (queue, event);
    }

    void waitOnHost (engine::DeviceEvent event) override
    {
        ++hostWaits;
        learn (host, recorded[event]);
        ModelledDevice::waitOnHost (event);
    }

    void synchronise() override
    {
        for (const auto& clock : clocks)
            learn (host, clock);
        ModelledDevice::synchronise();
    }

    /** Time passes for the host. */
    void advance (double ms) { hostMs += ms; }

    engine::DeviceMemory memory() override
    {
        if (shown)
            return *shown;
        auto state = ModelledDevice::memory();
        state.returnable = unusedBlocks;
        state.reserved += unusedBlocks;
        state.free -= unusedBlocks;
        return state;
    }

    std::int64_t trim() override
    {
        calls.emplace_back ("trim");
        ++trims;
        synchronise();
        hostMs += trimMs;
        return std::exchange (unusedBlocks, 0);
    }

private:
    /** How many steps of each queue are known to be complete: a vector clock. */
    using Clock = std::array<std::int64_t, 2>;

    struct BlockState
    {
        int content = -1;
        std::int64_t written = 0,
                     read = 0; // the last step of the copy queue and of the compute queue that used it
    };

    static bool knows (const Clock& clock, engine::DeviceQueue queue, std::int64_t numberOfStep)
    {
        return clock[(std::size_t) queue] >= numberOfStep;
    }

    static void learn (Clock& clock, const Clock& other)
    {
        for (std::size_t q = 0; q < clock.size(); ++q)
            clock[q] = std::max (clock[q], other[q]);
    }

    /** What a queue knows when work is issued to it now: its own past, and what the host knows. */
    const Clock& clockOf (engine::DeviceQueue queue)
    {
        learn (clocks[(std::size_t) queue], host);
        return clocks[(std::size_t) queue];
    }

    std::int64_t step (engine::DeviceQueue queue)
    {
        return ++clocks[(std::size_t) queue][(std::size_t) queue];
    }

    std::array<Clock, 2> clocks {};
    Clock host {};
    std::size_t pinned = 0;
    std::map<const std::byte*, BlockState> blocks;
    std::map<const std::byte*, std::unique_ptr<std::byte[]>> hosts;
    std::map<engine::DeviceEvent, Clock> recorded;
};
} // namespace tableread::test
