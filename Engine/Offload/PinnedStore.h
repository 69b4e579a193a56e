// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "Device/Device.h"

namespace tableread::engine
{
enum class Pinning
{
    Pinned,
    Pageable // because the user chose so
};

/** The offloaded layers in host memory, each in one contiguous block, so that each is one copy. A block that the system
    refuses to pin is pageable: it goes through two small pinned buffers and costs host time; note() says so.

    Threads   the render thread. Memory: all of it is allocated by add(). */
class PinnedStore
{
public:
    PinnedStore (Device& device, Pinning pinning);
    ~PinnedStore();
    PinnedStore (const PinnedStore&) = delete;
    PinnedStore& operator= (const PinnedStore&) = delete;

    /** Memory for the next layer, in the order of LayerPlan::offloaded(), for the caller to write.
        @throws Exception OutOfMemory if the host has no memory left. */
    std::span<std::byte> add (std::size_t bytes);

    std::size_t size() const { return blocks.size(); }
    std::size_t bytesOf (std::size_t index) const { return blocks.at (index).bytes; }
    std::size_t largest() const;

    /** Issues the copy of a layer to the device. Pinned: returns at once. Pageable: returns when the last piece is in a
        bounce buffer. */
    void upload (std::size_t index, std::byte* to);

    std::size_t pinnedBytes() const { return pinned; }
    std::size_t pageableBytes() const { return pageable; }
    double hostWaitMs() const { return waitedMs; } // waiting for bounce buffers

    /** A sentence on memory that could not be pinned; empty if there is none. */
    std::string note() const;

private:
    struct Block
    {
        std::byte* data = nullptr;
        std::size_t bytes = 0;
        std::unique_ptr<std::byte[]> pageable; // null: data is pinned
    };
    struct Bounce;

    Device& device;
    Pinning asked;
    std::vector<Block> blocks;
    std::unique_ptr<Bounce> bounce; // created with the first pageable block
    std::size_t pinned = 0, pageable = 0;
    double waitedMs = 0;
};
} // namespace tableread::engine
