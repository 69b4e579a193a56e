// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cuda_runtime.h>

#include "Kernels/Cuda/Parts.h"

// How kernels of a graph follow each other without gaps: a kernel may start while the one before it ends, fetch weights
// (which nothing writes), and waits for the other's results only then. Needs compute capability 9.0; others go one by one.
namespace tableread::engine::kernels
{
/** What kernels before this one wrote can be read from here on. Every kernel that is started by launch() calls it, in
    every thread and before it touches anything that a kernel of the graph writes before it: the kernel behind it then
    knows that all before are done. */
__device__ inline void waitForInputs()
{
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

/** The next kernel's blocks may come as soon as there is room. */
__device__ inline void letNextStart()
{
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

/** Of the current device. */
inline int deviceValue (cudaDeviceAttr attribute)
{
    int device = 0, value = 0;
    check (cudaGetDevice (&device));
    check (cudaDeviceGetAttribute (&value, attribute, device));
    return value;
}

/** Whether kernels of this stream may overlap as above: only in a graph, whose weights are there before it starts. */
bool mayOverlap (cudaStream_t stream);

/** So much shared memory, from now on. */
template <typename Kernel>
void allowSharedBytes (Kernel* kernel, std::size_t bytes)
{
    constexpr std::size_t ofAnyKernel = 48 * 1024, byItself = 8 * 1024; // at most that it has beside these
    if (bytes <= ofAnyKernel - byItself)
        return;
    cudaFuncAttributes now {};
    check (cudaFuncGetAttributes (&now, kernel));
    if ((std::size_t) now.maxDynamicSharedSizeBytes < bytes)
        check (cudaFuncSetAttribute (kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) bytes));
}

template <typename... Parameters, typename... Arguments>
void launchWith (cudaLaunchAttribute attribute, bool has, void (*kernel) (Parameters...), dim3 grid,
                 unsigned threads, std::size_t sharedBytes, void* stream, Arguments... arguments)
{
    allowSharedBytes (kernel, sharedBytes);
    cudaLaunchConfig_t config {};
    config.gridDim = grid;
    config.blockDim = dim3 (threads);
    config.dynamicSmemBytes = sharedBytes;
    config.stream = static_cast<cudaStream_t> (stream);
    config.attrs = &attribute;
    config.numAttrs = has ? 1 : 0;
    check (cudaLaunchKernelEx (&config, kernel, Parameters (arguments)...));
}

/** A kernel whose blocks may wait for each other: there is room for all of them. */
template <typename... Parameters, typename... Arguments>
void launchTogether (void (*kernel) (Parameters...), dim3 grid, unsigned threads, std::size_t sharedBytes,
                     void* stream, Arguments... arguments)
{
    cudaLaunchAttribute together {};
    together.id = cudaLaunchAttributeCooperative;
    together.val.cooperative = 1;
    launchWith (together, true, kernel, grid, threads, sharedBytes, stream, arguments...);
}

template <typename... Parameters, typename... Arguments>
void launchAlone (void (*kernel) (Parameters...), dim3 grid, unsigned threads, std::size_t sharedBytes,
                  void* stream, Arguments... arguments)
{
    cudaLaunchAttribute overlap {};
    overlap.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    overlap.val.programmaticStreamSerializationAllowed = 1;
    launchWith (overlap, mayOverlap (static_cast<cudaStream_t> (stream)), kernel, grid, threads, sharedBytes,
                stream, arguments...);
}

template <typename... Parameters, typename... Arguments>
void launch (void (*kernel) (Parameters...), dim3 grid, unsigned threads, std::size_t sharedBytes,
             void* stream, Arguments... arguments)
{
    cudaRunChain(); // what is gathered comes first
    launchAlone (kernel, grid, threads, sharedBytes, stream, arguments...);
}
} // namespace tableread::engine::kernels
