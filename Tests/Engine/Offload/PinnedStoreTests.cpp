// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Core/Error.h"
#include "OffloadFixture.h"
#include "Support/Failure.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
constexpr std::size_t bounceBuffers = std::size_t { 16 } << 20;
constexpr std::size_t layerBytes = std::size_t { 20 } << 20; // three pieces
} // namespace

TEST_CASE ("Layers that cannot be pinned are copied through a buffer, and a note says so",
           "[engine][offload]")
{
    // Room for two of the five layers and for the buffers.
    StreamedModel model ({ .layers = 6,
                           .gpuLayers = 1,
                           .layerBytes = layerBytes,
                           .pinnedAtMost = bounceBuffers + 2 * layerBytes });
    for (int frame = 0; frame < 3; ++frame)
        model.frame (1.0);
    CHECK (model.device.faults.empty());
    CHECK (model.store->pinnedBytes() == 2 * layerBytes);
    CHECK (model.store->pageableBytes() == 3 * layerBytes);
    CHECK_THAT (model.store->note(), Contains ("pin 0.04 GB of the 0.10 GB") && Contains ("ulimit -l"));
    CHECK (model.device.hostWaits > 0);
    const auto& offloaded = model.plan.offloaded();
    for (std::size_t i = 0; i < model.device.copies.size(); ++i)
        CHECK (model.device.copies[i] == static_cast<int> (offloaded[i % offloaded.size()]));
}

TEST_CASE ("Memory that the user leaves pageable gives no note", "[engine][offload]")
{
    StreamedModel model (
        { .layers = 4, .gpuLayers = 1, .layerBytes = layerBytes, .pinning = Pinning::Pageable });
    model.frame (1.0);
    CHECK (model.device.faults.empty());
    CHECK (model.store->pinnedBytes() == 0);
    CHECK (model.store->note().empty());
}

TEST_CASE ("A bounce buffer is written again only when its copy is over", "[engine][offload]")
{
    FakeDevice device (1.0e6);
    PinnedStore store (device, Pinning::Pageable);
    store.add (layerBytes)[0] = std::byte { 1 };
    auto* slot = device.allocate (layerBytes);
    store.upload (0, slot);
    // Three pieces through two buffers: the host waited for the first copy, and for no more.
    CHECK (device.nowMs() == Approx (static_cast<double> (std::size_t { 8 } << 20) / 1.0e6));
    CHECK (store.hostWaitMs() == device.nowMs());
    device.synchronise();
    device.free (slot);
}

TEST_CASE ("If the system pins nothing at all, the error says what to raise", "[engine][offload][errors]")
{
    FakeDevice device;
    device.pinnedAtMost = 0;
    const auto error = failureOf ([&] {
        PinnedStore store (device, Pinning::Pinned);
        store.add (100);
    });
    CHECK (error.code == ErrorCode::OutOfMemory);
    CHECK_THAT (error.message, Contains ("16 MiB") && Contains ("ulimit -l"));
    CHECK (device.blocksInUse == 0);
    CHECK (device.eventsInUse == 0);
}
