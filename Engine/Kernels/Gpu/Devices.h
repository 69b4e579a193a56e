// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <c10/core/Device.h>

#include "Device/Device.h"
#include "Device/Kind.h"

namespace tableread::engine
{
/** The device to compute on; index: which GPU. Auto falls back to the CPU. @throws Exception Unsupported, saying why, if a GPU was asked
    for and there is none. */
at::Device deviceFor (DeviceKind kind, int index = 0);

/** The memory and queues of a GPU that deviceFor() gave. Compute is the calling thread's stream.
    memoryLimit: bytes that this process may take of it, with what CUDA takes for itself; 0: all. */
std::unique_ptr<Device> makeGpuDevice (at::Device gpu, std::int64_t memoryLimit);

/** A sentence for the user who said auto and does not get a GPU: why. Empty if there is nothing to say. */
std::string noteOnDevice (DeviceKind kind);
} // namespace tableread::engine
