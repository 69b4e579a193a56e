// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>
#include <string>

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
} // namespace tableread::engine::kernels

/** What GpuKernels.cpp asks of this library. @returns null, and why, if there is no GPU. */
extern "C" __attribute__ ((visibility ("default"))) const tableread::engine::kernels::GpuKernels*
tablereadGpuKernels (const char** why)
{
    using namespace tableread::engine::kernels;
    static const GpuKernels table { []() -> void* { return c10::cuda::getCurrentCUDAStream().stream(); },
                                    cudaLinear,
                                    cudaWorkspaceFloats,
                                    cudaAttention,
                                    cudaRmsNorm,
                                    cudaSilu,
                                    cudaAddDepthwise,
                                    cudaKeepTail,
                                    cudaSpreadRows,
                                    cudaSolverStep };
    if (c10::cuda::device_count() > 0)
        return &table;
    *why = "the driver reports no GPU";
    return nullptr;
}
