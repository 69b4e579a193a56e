// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <stdexcept>
#include <string>

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>

#include "Kernels/CudaParts.h"

namespace tableread::engine::kernels
{
void check (cudaError_t error)
{
    if (error != cudaSuccess)
        throw std::runtime_error (std::string ("CUDA: ") + cudaGetErrorString (error));
}

namespace
{
/** Graphs run one after the other, so they share what memory they need in between. */
void* capture (void (*body) (void*), void* context)
{
    static const auto shared = [] {
        const auto pool = at::cuda::graph_pool_handle();
        c10::cuda::CUDACachingAllocator::createOrIncrefPool (c10::cuda::current_device(),
                                                             pool); // kept for good
        return pool;
    }();
    auto graph = std::make_unique<at::cuda::CUDAGraph>();
    c10::cuda::getCurrentCUDAStream().synchronize();
    graph->capture_begin (shared);
    body (context);
    graph->capture_end();
    return graph.release();
}

GpuKernels makeTable()
{
    GpuKernels table {};
    table.currentStream = []() -> void* { return c10::cuda::getCurrentCUDAStream().stream(); };
    table.useOwnStream = [] { c10::cuda::setCurrentCUDAStream (c10::cuda::getStreamFromPool()); };
    table.synchronise = [] { c10::cuda::getCurrentCUDAStream().synchronize(); };
    table.capture = capture;
    table.replay = [] (void* graph) { static_cast<at::cuda::CUDAGraph*> (graph)->replay(); };
    table.drop = [] (void* graph) { delete static_cast<at::cuda::CUDAGraph*> (graph); };
    table.linear = cudaLinear;
    table.workspaceFloats = cudaWorkspaceFloats;
    table.attention = cudaAttention;
    table.rmsNorm = cudaRmsNorm;
    table.silu = cudaSilu;
    table.addDepthwise = cudaAddDepthwise;
    table.keepTail = cudaKeepTail;
    table.spreadRows = cudaSpreadRows;
    table.solverStep = cudaSolverStep;
    table.device = makeCudaDevice();
    return table;
}
} // namespace
} // namespace tableread::engine::kernels

/** What GpuKernels.cpp asks of this library. @returns null, and why, if there is no GPU. */
extern "C" __attribute__ ((visibility ("default"))) const tableread::engine::kernels::GpuKernels*
tablereadGpuKernels (const char** why)
{
    static const auto table = tableread::engine::kernels::makeTable();
    if (c10::cuda::device_count() > 0)
        return &table;
    *why = "the driver reports no GPU";
    return nullptr;
}
