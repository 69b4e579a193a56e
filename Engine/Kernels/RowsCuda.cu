// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "Kernels/CudaParts.h"

namespace tableread::engine::kernels
{
namespace
{
constexpr int threads = 256;

unsigned blocksFor (std::int64_t count, int each = threads)
{
    return (unsigned) ((count + each - 1) / each);
}

/** A warp a row. */
__global__ void rmsNormKernel (const float* x, std::int64_t rows, int n, const float* weight, float eps,
                               float* out)
{
    const std::int64_t row = (std::int64_t) blockIdx.x * (threads / 32) + threadIdx.x / 32;
    if (row >= rows)
        return;
    const int lane = threadIdx.x % 32;
    const float* from = x + row * n;
    float total = 0;
    for (int i = lane; i < n; i += 32)
        total += from[i] * from[i];
    for (int offset = 16; offset > 0; offset /= 2)
        total += __shfl_xor_sync (~0u, total, offset);
    const float factor = rsqrtf (total / (float) n + eps);
    for (int i = lane; i < n; i += 32)
        out[row * n + i] = from[i] * factor * (weight != nullptr ? weight[i] : 1.0f);
}

__global__ void siluKernel (const float* x, std::int64_t count, float* out)
{
    const std::int64_t i = (std::int64_t) blockIdx.x * threads + threadIdx.x;
    if (i < count)
        out[i] = x[i] / (1.0f + expf (-x[i]));
}

__global__ void depthwiseKernel (const float* window, float* x, std::int64_t total, int rows, int channels,
                                 int taps, const float* weight, const float* bias, const float* gamma)
{
    const std::int64_t index = (std::int64_t) blockIdx.x * threads + threadIdx.x;
    if (index >= total)
        return;
    const int c = (int) (index % channels);
    const std::int64_t row = index / channels, b = row / rows, t = row - b * rows;
    const float* from = window + (b * (rows + taps - 1) + t) * channels + c;
    float sum = bias[c];
    for (int j = 0; j < taps; ++j)
        sum += weight[j * channels + c] * from[(std::int64_t) j * channels];
    x[index] += gamma[c] * sum;
}

__global__ void keepTailKernel (const float* extended, float* context, int rows, int columns, int channels,
                                const int* active, std::int64_t total)
{
    const std::int64_t index = (std::int64_t) blockIdx.x * threads + threadIdx.x;
    if (index >= total)
        return;
    const std::int64_t size = (std::int64_t) columns * channels, b = index / size, i = index - b * size;
    if (active == nullptr || active[b] != 0)
        context[index] = extended[(b * rows + rows - columns) * channels + i];
}

__global__ void spreadKernel (const float* x, float* noisy, const int* firstRows, const float* guidance,
                              int width)
{
    const int r = blockIdx.x;
    for (int d = threadIdx.x; d < width; d += blockDim.x)
    {
        noisy[(std::int64_t) firstRows[r] * width + d] = x[(std::int64_t) r * width + d];
        if (guidance[r] != 1.0f)
            noisy[(std::int64_t) (firstRows[r] + 1) * width + d] = x[(std::int64_t) r * width + d];
    }
}

struct Coefficients
{
    float alpha, sigma, keep, first, second;
};

__global__ void solverKernel (float* x, float* before, const float* v, const int* firstRows,
                              const float* guidance, int width, Coefficients c)
{
    const int r = blockIdx.x;
    for (int d = threadIdx.x; d < width; d += blockDim.x)
    {
        const std::int64_t at = (std::int64_t) r * width + d;
        const float* conditional = v + (std::int64_t) firstRows[r] * width + d;
        const float guided = guidance[r] == 1.0f
                                 ? conditional[0]
                                 : conditional[width] + guidance[r] * (conditional[0] - conditional[width]);
        const float predicted = c.alpha * x[at] - c.sigma * guided;
        x[at] = c.keep * x[at] + c.first * predicted + c.second * (predicted - before[at]);
        before[at] = predicted;
    }
}

cudaStream_t on (void* stream)
{
    return static_cast<cudaStream_t> (stream);
}
} // namespace

void cudaRmsNorm (const float* x, std::int64_t rows, std::int64_t n, const float* weight, float eps,
                  float* out, void* stream)
{
    rmsNormKernel<<<blocksFor (rows, threads / 32), threads, 0, on (stream)>>> (x, rows, (int) n, weight, eps,
                                                                                out);
    check (cudaGetLastError());
}

void cudaSilu (const float* x, std::int64_t count, float* out, void* stream)
{
    siluKernel<<<blocksFor (count), threads, 0, on (stream)>>> (x, count, out);
    check (cudaGetLastError());
}

void cudaAddDepthwise (const float* window, float* x, std::int64_t batch, std::int64_t rows,
                       std::int64_t channels, std::int64_t taps, const float* weight, const float* bias,
                       const float* gamma, void* stream)
{
    const auto total = batch * rows * channels;
    depthwiseKernel<<<blocksFor (total), threads, 0, on (stream)>>> (
        window, x, total, (int) rows, (int) channels, (int) taps, weight, bias, gamma);
    check (cudaGetLastError());
}

void cudaKeepTail (const float* extended, float* context, std::int64_t batch, std::int64_t rows,
                   std::int64_t columns, std::int64_t channels, const int* active, void* stream)
{
    const auto total = batch * columns * channels;
    if (total == 0)
        return;
    keepTailKernel<<<blocksFor (total), threads, 0, on (stream)>>> (
        extended, context, (int) rows, (int) columns, (int) channels, active, total);
    check (cudaGetLastError());
}

void cudaSpreadRows (const float* x, float* noisy, const int* firstRows, const float* guidance,
                     std::int64_t requests, std::int64_t width, void* stream)
{
    spreadKernel<<<(unsigned) requests, 64, 0, on (stream)>>> (x, noisy, firstRows, guidance, (int) width);
    check (cudaGetLastError());
}

void cudaSolverStep (float* x, float* before, const float* v, const int* firstRows, const float* guidance,
                     std::int64_t requests, std::int64_t width, const float* five, void* stream)
{
    solverKernel<<<(unsigned) requests, 64, 0, on (stream)>>> (
        x, before, v, firstRows, guidance, (int) width, { five[0], five[1], five[2], five[3], five[4] });
    check (cudaGetLastError());
}
} // namespace tableread::engine::kernels
