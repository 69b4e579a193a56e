// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime.h>

#include "Kernels/Gpu/Kernels.h"

// The functions of the CUDA library; Library.cpp puts them into one table.
namespace tableread::engine::kernels
{
/** @throws std::runtime_error with CUDA's own words. */
void check (cudaError_t error);

void cudaBeginPersistentKernel();
void cudaFlushPersistentKernel();
void cudaEndPersistentKernel();
void cudaLinear (const GpuLinear& call, void* stream);
std::int64_t cudaWorkspaceFloats (const GpuLinear& call);
void cudaAttention (const GpuAttention& call, void* stream);
void cudaRmsNorm (const GpuRmsNorm& call, void* stream);
void cudaSilu (const float* x, std::int64_t count, float* out, void* stream);
bool cudaCodecMix (const GpuCodecBlock& call, void* stream);
bool cudaCodecBlock (const GpuCodecBlock& call, void* stream);
void cudaExtend (const GpuExtend& call, void* stream);
void cudaSpreadRows (const float* x, const GpuNoisyRows& rows, void* stream);
void cudaSolverStep (const GpuSolverStep& call, void* stream);
} // namespace tableread::engine::kernels
