// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "Device/Device.h"

namespace tableread::engine
{
/** A device that only advances a simulated clock: predicts the times of a schedule without a GPU. The host's own work
    takes no time. Addresses are only numbers; there is no memory behind them. */
class ModelledDevice : public Device
{
public:
    /** bytesPerMs: the speed of the link. memoryBytes 0: no limit. */
    explicit ModelledDevice (double bytesPerMs, std::int64_t memoryBytes = 0, int index = 0);
    ~ModelledDevice() override;

    /** Issues work on the compute queue. */
    void compute (double ms);

    /** When the compute queue will have finished all issued work. */
    double computeDoneMs() const { return doneMs[(std::size_t) DeviceQueue::Compute]; }

    std::string name() const override { return "modelled device"; }
    DeviceProduct product() const override { return { .name = name(), .driver = {}, .runtime = {} }; }
    std::byte* allocatePinned (std::size_t bytes) override;
    void freePinned (std::byte* block) override;
    std::byte* allocate (std::size_t bytes) override;
    void free (std::byte* block) override;
    void copy (std::byte* to, const std::byte* from, std::size_t bytes) override;
    DeviceEvent makeEvent (EventKind kind) override;
    void dropEvent (DeviceEvent event) override;
    void record (DeviceEvent event, DeviceQueue queue) override;
    void wait (DeviceQueue queue, DeviceEvent event) override;
    void waitOnHost (DeviceEvent event) override;
    bool happened (DeviceEvent event) override;
    double millisecondsBetween (DeviceEvent from, DeviceEvent to) override;
    void synchronise() override;
    DeviceMemory memory() override;
    std::int64_t trim() override;
    double nowMs() override { return hostMs; }

protected:
    struct Span
    {
        double beginMs, endMs;
    };

    /** Queues work. @returns when it runs. */
    Span issue (DeviceQueue queue, double ms);

    double hostMs = 0;

private:
    struct Event
    {
        double atMs = 0; // in the past until the event is recorded
    };

    /** A unique range of addresses. */
    std::byte* nextBlock (std::size_t bytes);

    double linkBytesPerMs;
    std::int64_t total, allocated = 0, peak = 0;
    std::uintptr_t nextAddress = 4096;
    std::array<double, 2> doneMs {};
    std::vector<std::unique_ptr<Event>> events;
    std::vector<std::pair<std::byte*, std::int64_t>> blocks;
};
} // namespace tableread::engine
