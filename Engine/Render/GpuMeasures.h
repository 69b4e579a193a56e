// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace tableread::engine
{
/** A GPU of this machine in its current state. */
struct GpuMeasures
{
    std::int64_t freeBytes = 0;      // of its memory, with the driver's context already created
    double linkBytesPerSecond = 0;   // host → GPU, pinned
    double memoryBytesPerSecond = 0; // reading its own memory
};

/** Measures the first GPU, in well under a second; empty if there is no usable one. */
std::optional<GpuMeasures> measureGpu();

/** How many GPUs this process may use; 0 if none is usable. */
int countGpus();
} // namespace tableread::engine
