// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "Kernels/Gpu/Kernels.h"

namespace tableread::engine::kernels
{
using GpuKernelsOf = const GpuKernels*(const char** why);

struct GpuLibrary
{
    GpuKernelsOf* kernels = nullptr; // null: there is no library that can be used
    std::string why;                 // and why not
};

/** Loads the first of these files, full paths, that has the ABI number gpuAbi. `why` is of the first that exists. */
GpuLibrary openGpuLibrary (std::span<const std::filesystem::path> files);

/** Where the library of this program may lie: beside it, as in the build tree, or in ../lib/tableread, as installed. The
    loader's search path (LD_LIBRARY_PATH) is not asked. */
GpuLibrary openGpuLibrary();
} // namespace tableread::engine::kernels
