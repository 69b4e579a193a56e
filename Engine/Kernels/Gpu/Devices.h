// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
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

/** Whether the machine has an NVIDIA GPU, usable or not. `pciDevices`: where Linux lists what is plugged in. */
bool hasNvidiaGpu (const std::filesystem::path& pciDevices = "/sys/bus/pci/devices");

/** A sentence for the user whose GPU cannot be used with auto: why. Empty if there is nothing to say, as on a machine
    without a GPU. */
std::string noteOnDevice (DeviceKind kind);
} // namespace tableread::engine
