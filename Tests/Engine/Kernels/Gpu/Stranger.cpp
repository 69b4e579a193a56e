// SPDX-License-Identifier: Apache-2.0
// A library of another origin, found where the CUDA library is looked for: with the ABI number STRANGER_ABI or none,
// with kernels (STRANGER_KERNELS) or none.
#include <cstdlib>

#include "Kernels/Gpu/Library.h"

using namespace tableread::engine::kernels;

namespace
{
/** Tells the process that this library was loaded. */
[[maybe_unused]] const int told = setenv ("TABLEREAD_STRANGER_LOADED", "1", 1);
} // namespace

#ifdef STRANGER_ABI
extern "C" int tablereadGpuAbi()
{
    return STRANGER_ABI;
}
#endif

#ifdef STRANGER_KERNELS
extern "C" const GpuKernels* tablereadGpuKernels (const char** why)
{
    *why = "this is a stranger";
    return nullptr;
}

extern "C" tableread::engine::Device* tablereadMakeDevice (int, std::int64_t)
{
    return nullptr;
}
#endif
