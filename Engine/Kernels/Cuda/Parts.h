// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime.h>

#include "Kernels/Gpu/Kernels.h"

// The parts of the CUDA library, each in a file of its own; CudaLibrary.cpp puts them into one table.
namespace tableread::engine::kernels
{
/** @throws std::runtime_error with CUDA's own words. */
void check (cudaError_t error);

GpuDevice makeCudaDevice();
void cudaBeginChain();
void cudaRunChain();
void cudaEndChain();
void cudaLinear (const GpuLinear& call, void* stream);
std::int64_t cudaWorkspaceFloats (const GpuLinear& call);
void cudaAttention (const GpuAttention& call, void* stream);
void cudaRmsNorm (const float* x, std::int64_t rows, std::int64_t n, const float* weight, float eps,
                  float* out, void* stream);
void cudaSilu (const float* x, std::int64_t count, float* out, void* stream);
bool cudaCodecMix (const GpuCodecBlock& call, void* stream);
bool cudaCodecBlock (const GpuCodecBlock& call, void* stream);
void cudaExtend (const GpuExtend& call, void* stream);
void cudaSpreadRows (const float* x, float* noisy, const int* firstRows, const float* guidance,
                     std::int64_t requests, std::int64_t width, void* stream);
void cudaSolverStep (float* x, float* before, const float* v, float* noisy, const int* firstRows,
                     const float* guidance, std::int64_t requests, std::int64_t width,
                     const float* fiveCoefficients, void* stream);
} // namespace tableread::engine::kernels
