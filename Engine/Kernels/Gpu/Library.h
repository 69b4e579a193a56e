// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "Device/Device.h"
#include "Kernels/Gpu/Kernels.h"

namespace tableread::engine::kernels
{
/** @returns null, and why, if there is no GPU. */
using GpuKernelsOf = const GpuKernels*(const char** why);
/** The caller deletes it. */
using MakeGpuDevice = Device*(int index, std::int64_t memoryLimit);

struct GpuLibrary
{
    GpuKernelsOf* kernels = nullptr; // null: there is no library that can be used
    MakeGpuDevice* makeDevice = nullptr;
    std::string why; // why there is none
};

/** Loads the first of these files, full paths, that has the ABI number gpuAbi. `why` is of the first that exists. */
GpuLibrary openGpuLibrary (std::span<const std::filesystem::path> files);

/** The library of this program, loaded once: from beside it, as in the build tree, or from ../lib/tableread, as
    installed. The loader's search path (LD_LIBRARY_PATH) is not asked. */
const GpuLibrary& gpuLibrary();
} // namespace tableread::engine::kernels
