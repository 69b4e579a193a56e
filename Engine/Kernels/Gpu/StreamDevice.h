// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Device/StreamDevice.h"

namespace tableread::engine
{
/** The first CUDA device. Compute is the calling thread's stream, so one thread only.
    deviceMemoryLimit: bytes that this process may take of the device, with what CUDA takes for itself; 0: all. */
class GpuStreamDevice : public StreamDevice
{
public:
    explicit GpuStreamDevice (std::int64_t deviceMemoryLimit);

    std::string name() const override { return "cuda:0"; }
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
    double nowMs() override;

    /** The most that this process has taken of the device since it began, with what CUDA takes for itself. */
    std::int64_t peakBytes() const;
    std::int64_t contextBytes() const { return context; }

private:
    std::int64_t limit;
    std::int64_t context; // what CUDA takes for itself
};
} // namespace tableread::engine
