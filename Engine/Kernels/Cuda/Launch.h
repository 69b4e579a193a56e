// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cuda_runtime.h>

#include "Kernels/Cuda/Parts.h"

// Kernel launches. In a graph, programmatic dependent launch overlaps kernels: a kernel may start while the one before it still
// runs and load weights (which no kernel writes); it waits only before it reads results. Needs compute capability 9.0.
namespace tableread::engine::kernels
{
/** Waits for the kernels before this one; what they wrote can be read from here on. Every kernel that launch() starts calls it,
    in every thread and before it reads or writes anything that earlier kernels write: so the next kernel, which waits for
    this one only, can rely on all of them. */
__device__ inline void waitForDependencies()
{
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

/** The next kernel's blocks may start as soon as there is room. */
__device__ inline void launchDependents()
{
#if __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

inline int currentDevice()
{
    int device = 0;
    check (cudaGetDevice (&device));
    return device;
}

/** Of the current device, which is asked once. */
template <cudaDeviceAttr Attribute>
int deviceValue()
{
    static std::array<std::atomic<int>, gpuIndices> known {}; // by device: the value plus 1
    const int device = currentDevice();
    auto& slot = known[(std::size_t) device];
    if (const int plusOne = slot.load (std::memory_order_relaxed); plusOne != 0)
        return plusOne - 1;
    int value = 0;
    check (cudaDeviceGetAttribute (&value, Attribute, device));
    slot.store (value + 1, std::memory_order_relaxed);
    return value;
}

/** Whether kernels of this stream may overlap: only while it is captured, since a graph's weights are loaded before it starts. */
bool mayOverlap (cudaStream_t stream);

/** Lets the kernel have so much dynamic shared memory. */
template <typename Kernel>
void allowSharedBytes (Kernel* kernel, std::size_t bytes)
{
    constexpr std::size_t ofAnyKernel = 48 * 1024,
                          byItself = 8 * 1024; // what any kernel may have; at most what ours declare
    if (bytes <= ofAnyKernel - byItself)
        return;
    cudaFuncAttributes now {};
    check (cudaFuncGetAttributes (&now, kernel));
    if ((std::size_t) now.maxDynamicSharedSizeBytes < bytes)
        check (cudaFuncSetAttribute (kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) bytes));
}

/** On how many blocks and threads a kernel runs, and after what. */
struct Launch
{
    dim3 grid;                   // of blocks
    unsigned threads;            // of a block
    std::size_t sharedBytes = 0; // dynamic shared memory of a block
    void* stream = nullptr;
};

/** attribute: null for none. */
template <typename... Parameters, typename... Arguments>
void launchWith (cudaLaunchAttribute* attribute, void (*kernel) (Parameters...), const Launch& how,
                 Arguments... arguments)
{
    allowSharedBytes (kernel, how.sharedBytes);
    cudaLaunchConfig_t config {};
    config.gridDim = how.grid;
    config.blockDim = dim3 (how.threads);
    config.dynamicSmemBytes = how.sharedBytes;
    config.stream = static_cast<cudaStream_t> (how.stream);
    config.attrs = attribute;
    config.numAttrs = attribute == nullptr ? 0 : 1;
    check (cudaLaunchKernelEx (&config, kernel, Parameters (arguments)...));
}

/** A cooperative launch: all blocks run at once, so they may wait for each other. */
template <typename... Parameters, typename... Arguments>
void launchCooperative (void (*kernel) (Parameters...), const Launch& how, Arguments... arguments)
{
    cudaLaunchAttribute together {};
    together.id = cudaLaunchAttributeCooperative;
    together.val.cooperative = 1;
    launchWith (&together, kernel, how, arguments...);
}

/** A launch that may overlap with the kernel before it. Does not launch recorded steps. */
template <typename... Parameters, typename... Arguments>
void launchProgrammatic (void (*kernel) (Parameters...), const Launch& how, Arguments... arguments)
{
    cudaLaunchAttribute overlap {};
    overlap.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    overlap.val.programmaticStreamSerializationAllowed = 1;
    launchWith (mayOverlap (static_cast<cudaStream_t> (how.stream)) ? &overlap : nullptr, kernel, how,
                arguments...);
}

/** Launches the recorded steps, then this kernel. */
template <typename... Parameters, typename... Arguments>
void launch (void (*kernel) (Parameters...), const Launch& how, Arguments... arguments)
{
    cudaFlushPersistentKernel();
    launchProgrammatic (kernel, how, arguments...);
}
} // namespace tableread::engine::kernels
