// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

#include <ATen/Context.h>
#include <ATen/cuda/CUDAGraph.h>
#include <ATen/ops/zeros.h>
#include <c10/core/AllocatorConfig.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>

#include "Kernels/Cuda/Launch.h"
#include "Kernels/KernelFamily.h"

namespace tableread::engine::kernels
{
void check (cudaError_t error)
{
    if (error != cudaSuccess)
        throw std::runtime_error (std::string ("CUDA: ") + cudaGetErrorString (error));
}

bool mayOverlap (cudaStream_t stream)
{
    auto capturing = cudaStreamCaptureStatusNone;
    check (cudaStreamIsCapturing (stream, &capturing));
    return deviceValue<cudaDevAttrComputeCapabilityMajor>() >= 9 &&
           capturing == cudaStreamCaptureStatusActive;
}

namespace
{
/** What `body` issues, recorded; what it allocates comes from the pool. Other threads may use their GPUs meanwhile. */
at::cuda::CUDAGraph* record (const at::cuda::MempoolId_t& pool, const std::function<void()>& body)
{
    auto graph = std::make_unique<at::cuda::CUDAGraph>();
    c10::cuda::getCurrentCUDAStream().synchronize();
    graph->capture_begin (pool, cudaStreamCaptureModeThreadLocal);
    body();
    graph->capture_end();
    return graph.release();
}

/** A GPU's graphs run one after the other, so they share what memory they need in between. */
const at::cuda::MempoolId_t& poolOfCurrentDevice()
{
    static std::array<std::once_flag, gpuIndices> made;
    static std::array<at::cuda::MempoolId_t, gpuIndices> pools;
    const auto device = (std::size_t) currentDevice();
    std::call_once (made[device], [&pool = pools[device]] {
        pool = at::cuda::graph_pool_handle();
        // A pool dies with its last graph and cannot be used again: this one is never dropped.
        record (pool, [] { at::zeros ({ 1 }, at::TensorOptions (at::kFloat).device (at::kCUDA)); });
    });
    return pools[device];
}

void* capture (void (*body) (void*), void* context)
{
    return record (poolOfCurrentDevice(), [&] { body (context); });
}

GpuKernels makeTable()
{
    GpuKernels table {};
    table.family = gpuKernelFamily;
    table.currentStream = []() -> void* { return c10::cuda::getCurrentCUDAStream().stream(); };
    table.useOwnStream = [] { c10::cuda::setCurrentCUDAStream (c10::cuda::getStreamFromPool()); };
    table.synchronise = [] { c10::cuda::getCurrentCUDAStream().synchronize(); };
    table.capture = capture;
    table.replay = [] (void* graph) { static_cast<at::cuda::CUDAGraph*> (graph)->replay(); };
    table.drop = [] (void* graph) { delete static_cast<at::cuda::CUDAGraph*> (graph); };
    table.beginPersistentKernel = cudaBeginPersistentKernel;
    table.flushPersistentKernel = cudaFlushPersistentKernel;
    table.endPersistentKernel = cudaEndPersistentKernel;
    table.linear = cudaLinear;
    table.workspaceFloats = cudaWorkspaceFloats;
    table.attention = cudaAttention;
    table.rmsNorm = cudaRmsNorm;
    table.silu = cudaSilu;
    table.codecMix = cudaCodecMix;
    table.codecBlock = cudaCodecBlock;
    table.extend = cudaExtend;
    table.spreadRows = cudaSpreadRows;
    table.solverStep = cudaSolverStep;
    return table;
}
} // namespace
} // namespace tableread::engine::kernels

extern "C" __attribute__ ((visibility ("default"))) int tablereadGpuAbi()
{
    return tableread::engine::kernels::gpuAbi;
}

/** @returns null, and why, if there is no GPU. */
extern "C" __attribute__ ((visibility ("default"))) const tableread::engine::kernels::GpuKernels*
tablereadGpuKernels (const char** why)
{
    static const auto table = tableread::engine::kernels::makeTable();
    if (c10::cuda::device_count() == 0)
    {
        *why = "the driver reports no GPU";
        return nullptr;
    }
    // Large blocks are not split: what packing leaves free could otherwise never be returned.
    c10::CachingAllocator::setAllocatorSettings ("max_split_size_mb:32");
    at::globalContext().lazyInitDevice (c10::DeviceType::CUDA); // the allocator exists from now on
    return &table;
}
