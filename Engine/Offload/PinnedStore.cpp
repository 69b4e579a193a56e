// SPDX-License-Identifier: Apache-2.0
#include "Offload/PinnedStore.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include <fmt/format.h>

#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
constexpr std::size_t bounceBytes = std::size_t { 8 } << 20; // large enough for the link's full speed
} // namespace

/** Two pinned buffers used alternately: one is filled while the other is copied from. */
struct PinnedStore::Bounce
{
    explicit Bounce (Device& of) : device (of)
    {
        for (auto& half : halves)
        {
            half.data = device.allocatePinned (bounceBytes);
            half.copied = device.makeEvent (EventKind::Order);
        }
    }
    ~Bounce()
    {
        for (auto& half : halves)
        {
            if (half.data != nullptr)
                device.freePinned (half.data);
            device.dropEvent (half.copied);
        }
    }
    Bounce (const Bounce&) = delete;
    Bounce& operator= (const Bounce&) = delete;

    void check() const
    {
        for (const auto& half : halves)
            if (half.data == nullptr)
                fail (ErrorCode::OutOfMemory,
                      fmt::format (
                          "{}: the system does not let the engine pin {} MiB, the least that copies to "
                          "the GPU need. Raise the limit on locked memory (ulimit -l), or offload no layer.",
                          device.name(), halves.size() * bounceBytes >> 20));
    }

    struct Half
    {
        std::byte* data = nullptr;
        DeviceEvent copied = nullptr;
    };

    Device& device;
    std::array<Half, 2> halves;
    std::size_t turn = 0;
};

PinnedStore::PinnedStore (Device& of, Pinning pinning) : device (of), asked (pinning)
{}

PinnedStore::~PinnedStore()
{
    for (const auto& block : blocks)
        if (block.pageable == nullptr)
            device.freePinned (block.data);
}

std::span<std::byte> PinnedStore::add (std::size_t bytes)
{
    Block block;
    block.bytes = bytes;
    if (asked == Pinning::Pinned)
        block.data = device.allocatePinned (bytes);
    if (block.data == nullptr)
    {
        if (bounce == nullptr)
            bounce = std::make_unique<Bounce> (device);
        bounce->check();
        block.pageable.reset (new (std::nothrow) std::byte[bytes]);
        block.data = block.pageable.get();
        if (block.data == nullptr)
            fail (ErrorCode::OutOfMemory,
                  fmt::format (
                      "host memory has no room for offloaded layer {}, {:.2f} GB. Close other programs, keep "
                      "more layers on the GPU, or use --weights int8.",
                      blocks.size() + 1, (double) bytes / 1e9));
    }
    (block.pageable == nullptr ? pinned : pageable) += bytes;
    blocks.push_back (std::move (block));
    return { blocks.back().data, bytes };
}

std::size_t PinnedStore::largest() const
{
    std::size_t most = 0;
    for (const auto& block : blocks)
        most = std::max (most, block.bytes);
    return most;
}

void PinnedStore::upload (std::size_t index, std::byte* to)
{
    const auto& block = blocks.at (index);
    if (block.pageable == nullptr)
        return device.copy (to, block.data, block.bytes);
    for (std::size_t at = 0; at < block.bytes; at += bounceBytes)
    {
        auto& half = bounce->halves[bounce->turn++ % bounce->halves.size()];
        const auto begun = device.nowMs();
        device.waitOnHost (half.copied);
        waitedMs += device.nowMs() - begun;
        const auto piece = std::min (bounceBytes, block.bytes - at);
        std::memcpy (half.data, block.data + at, piece);
        device.copy (to + at, half.data, piece);
        device.record (half.copied, DeviceQueue::Copy);
    }
}

std::string PinnedStore::note() const
{
    if (asked == Pinning::Pageable || pageable == 0)
        return {};
    return fmt::format (
        "the system let the engine pin {:.2f} GB of the {:.2f} GB of offloaded layers: the rest is "
        "copied through a buffer, which is slower. Raise the limit on locked memory (ulimit -l).",
        (double) pinned / 1e9, (double) (pinned + pageable) / 1e9);
}
} // namespace tableread::engine
