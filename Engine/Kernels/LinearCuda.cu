// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cuda_bf16.h>
#include <cuda_runtime.h>
#include <limits>

#include "Kernels/CudaBatchRows.h"
#include "Kernels/CudaChain.h"
#include "Kernels/CudaFewRows.h"
#include "Kernels/CudaManyRows.h"

namespace tableread::engine::kernels
{
namespace
{
/** Rows as the products take them, [M, pitch] in scratch memory, zeros behind k. A block a row. */
__global__ void __launch_bounds__ (preparers) prepareKernel (GpuLinear a, int pitch)
{
    extern __shared__ __align__ (16) float memory[];
    const RowStage stage (a, memory);
    letNextStart();
    requestNorm (a, stage);
    waitForInputs();
    prepareRows (a, stage, { blockIdx.x, 1, false }, 0, pitch,
                 static_cast<__nv_bfloat16*> (a.scratch) + (std::int64_t) blockIdx.x * pitch, pitch);
}

/** The same for short rows without a norm: a warp a row. */
__global__ void __launch_bounds__ (threads) gatherKernel (GpuLinear a, int pitch)
{
    letNextStart();
    waitForInputs();
    const std::int64_t row = (std::int64_t) blockIdx.x * warps + threadIdx.x / 32;
    if (row >= a.rows)
        return;
    const float* x = sourceRow (a, row);
    auto* out = static_cast<__nv_bfloat16*> (a.scratch);
#pragma unroll 2
    for (int k = (int) threadIdx.x % 32 * 2; k < pitch; k += 64)
        *reinterpret_cast<unsigned*> (out + row * pitch + k) =
            pairOf (k < a.k ? x[k] : 0.0f, k + 1 < a.k ? x[k + 1] : 0.0f);
}

/** fp32 weights [n, k], one warp an output and row: for the comparison with the CPU, and where n is small. */
__global__ void plainKernel (GpuLinear a)
{
    letNextStart();
    waitForInputs();
    const int lane = threadIdx.x % 32;
    const bool gated = a.activation == GpuActivation::SwiGlu;
    const std::int64_t column = (std::int64_t) blockIdx.y * warps + threadIdx.x / 32, row = blockIdx.x;
    if (column >= outputsOf (a))
        return;
    const float* x = sourceRow (a, row);
    const auto sumOf = [lane] (float v) {
#pragma unroll 1
        for (int o = 16; o > 0; o /= 2)
            v += __shfl_xor_sync (~0u, v, o);
        return v;
    };
    float factor = 1;
    if (a.normalise)
    {
        float total = 0;
        for (int k = lane; k < a.k; k += 32)
            total += x[k] * x[k];
        factor = rsqrtf (sumOf (total) / (float) a.k + a.eps);
    }
    const float* w0 = static_cast<const float*> (a.weight) + column * a.k;
    const float* w1 = w0 + (gated ? outputsOf (a) * a.k : 0);
    float first = 0, second = 0;
#pragma unroll 4
    for (int k = lane; k < a.k; k += 32)
    {
        float v = x[k];
        if (a.normalise)
        {
            v *= factor;
            if (a.normWeight != nullptr)
                v *= a.normWeight[k];
            if (a.scale != nullptr)
                v = v * (1.0f + a.scale[row * a.modulationStride + k]) +
                    a.shift[row * a.modulationStride + k];
        }
        first += v * w0[k];
        second += v * w1[k];
    }
    first = sumOf (first);
    second = sumOf (second);
    if (lane != 0)
        return;
    if (a.bias != nullptr)
    {
        first += a.bias[column];
        if (gated)
            second += a.bias[outputsOf (a) + column];
    }
    emit (a, targetOf (a, row, column, true), row, column,
          gated                                 ? first / (1.0f + expf (-first)) * second
          : a.activation == GpuActivation::Gelu ? geluOf (first)
                                                : first);
}

/** What decides how work is dealt out; never what a sum is. */
struct Device
{
    int multiprocessors = 0;
    int sharedMemory = 0; // of each, in bytes
};

const Device& device()
{
    static const Device found = [] {
        int index = 0;
        check (cudaGetDevice (&index));
        const auto ask = [index] (cudaDeviceAttr attribute) {
            int value = 0;
            check (cudaDeviceGetAttribute (&value, attribute, index));
            return value;
        };
        return Device { ask (cudaDevAttrMultiProcessorCount),
                        ask (cudaDevAttrMaxSharedMemoryPerMultiprocessor) };
    }();
    return found;
}

/** Rows in bf16 in scratch memory, instead of x. */
GpuLinear prepared (GpuLinear a)
{
    const int pitch = preparedPitch (a);
    a.ready = a.scratch;
    a.readyWidth = a.readyRowStride = pitch;
    a.readyBatchStride = a.rowsOfABatch * pitch;
    return a;
}

template <GpuElement E>
void few (GpuLinear a, int splits, void* stream)
{
    using Kind = ChainStep::Kind;
    constexpr GpuElement element = E;
    constexpr int mostPreparedByAll = 4; // rows that each block prepares for itself
    const auto tiles = (a.n + tileOutputs - 1) / tileOutputs, steps = (a.k + stepDepth - 1) / stepDepth;
    const int stepsOfASplit = (int) ((steps + splits - 1) / splits);
    if (a.ready == nullptr &&
        (a.rows > mostPreparedByAll || FewRows<E>::sharedBytes (a, stepsOfASplit) > mostSharedBytesOfAStep()))
    {
        issueStep (ChainStep::of (Kind::Rows, a, a.rows), &element,
                   (std::size_t) RowStage::floats (a, 1) * sizeof (float), stream);
        a = prepared (a);
    }
    issueStep (ChainStep::of (Kind::Product, a, tiles * splits, splits, stepsOfASplit), &element,
               FewRows<E>::sharedBytes (a, stepsOfASplit), stream);
}

template <GpuElement E, int NT, int Tiles>
void batchBlocks (const GpuLinear& a, int splits, void* stream)
{
    const auto tiles = (a.n + tileOutputs - 1) / tileOutputs, steps = (a.k + stepDepth - 1) / stepDepth;
    launch (batchKernel<E, NT, Tiles>,
            dim3 ((unsigned) ((a.rows + 8 * NT - 1) / (8 * NT)), (unsigned) ((tiles + Tiles - 1) / Tiles),
                  (unsigned) splits),
            threads, BatchShape<E, NT, Tiles>::sharedBytes, stream, a, (int) ((steps + splits - 1) / splits));
}

/** As many tiles a block as still fill the device: rows are read once for all of them. */
template <GpuElement E, int NT>
void batch (const GpuLinear& a, int splits, void* stream)
{
    const auto tiles = (a.n + tileOutputs - 1) / tileOutputs;
    const auto work = tiles * splits * ((a.rows + 8 * NT - 1) / (8 * NT));
    if (work >= 4 * 2 * device().multiprocessors)
        batchBlocks<E, NT, 4> (a, splits, stream);
    else if (work >= 2 * device().multiprocessors)
        batchBlocks<E, NT, 2> (a, splits, stream);
    else
        batchBlocks<E, NT, 1> (a, splits, stream);
}

template <GpuElement E, int WN, int Rows>
void wideBlocks (const GpuLinear& a, void* stream)
{
    const auto tiles = (a.n + tileOutputs - 1) / tileOutputs;
    launch (wideKernel<E, WN, Rows>,
            dim3 ((unsigned) ((a.rows + Rows - 1) / Rows), (unsigned) ((tiles + WN - 1) / WN)), threads,
            WideShape<Rows>::sharedBytes (WN), stream, a);
}

/** The largest blocks that still fill the device: a sum is the same in all of them. */
template <GpuElement E>
void wide (const GpuLinear& a, void* stream)
{
    const auto tiles = (a.n + tileOutputs - 1) / tileOutputs;
    const auto fills = [&] (int outputTiles, int rows) {
        return (a.rows + rows - 1) / rows * ((tiles + outputTiles - 1) / outputTiles) >=
               device().multiprocessors;
    };
    if (tiles >= 8 && fills (8, 128))
        wideBlocks<E, 8, 128> (a, stream);
    else if (tiles >= 8 && fills (8, 32))
        wideBlocks<E, 8, 32> (a, stream);
    else if (tiles >= 4)
        wideBlocks<E, 4, 32> (a, stream);
    else if (tiles >= 2)
        wideBlocks<E, 2, 128> (a, stream);
    else
        wideBlocks<E, 1, 128> (a, stream);
}

template <GpuElement E>
void choose (GpuLinear a, int splits, void* stream)
{
    constexpr std::int64_t mostInputs = 8192; // of a row that fits any GPU's shared memory
    const auto tiles = (a.n + tileOutputs - 1) / tileOutputs;
    if (a.rows <= mostRowsOfAChain && splits <= mostSplits && tiles * splits <= mostPartsOfAStep &&
        (a.ready != nullptr || a.k <= mostInputs))
        return few<E> (a, splits, stream);
    if (a.ready == nullptr)
    {
        const int pitch = preparedPitch (a);
        if (a.normalise || (a.k > 512 && a.k <= mostInputs))
            launch (prepareKernel, dim3 ((unsigned) a.rows), preparers,
                    (std::size_t) RowStage::floats (a, 1) * sizeof (float), stream, a, pitch);
        else
            launch (gatherKernel, dim3 ((unsigned) ((a.rows + warps - 1) / warps)), threads, 0, stream, a,
                    pitch);
        a = prepared (a);
    }
    constexpr int manyRows = 32; // of one sequence: what a row's bits are must not depend on others
    if (a.rowsOfABatch > manyRows)
        wide<E> (a, stream);
    else if (a.rows <= 16)
        batch<E, 2> (a, splits, stream);
    else
        batch<E, 4> (a, splits, stream);
}
} // namespace

/** Parts of k: as many as let a few hundred blocks be done soonest, each of which keeps at most `mostSteps` on their way;
    a function of the weight's shape alone. */
static int splitsOf (std::int64_t n, std::int64_t k)
{
    constexpr std::int64_t blocks = 264; // two on each multiprocessor of a large GPU
    constexpr std::int64_t endOfWhole = 2,
                           endOfPart = 16; // in steps: to add up a tile, or a part of it with the others
    const auto tiles = (n + tileOutputs - 1) / tileOutputs, steps = (k + stepDepth - 1) / stepDepth;
    const auto fewest = (steps + mostSteps - 1) / mostSteps;
    std::int64_t best = fewest, soonest = std::numeric_limits<std::int64_t>::max();
    for (auto splits = fewest; splits <= mostSplits && splits <= steps; ++splits)
    {
        const auto together = blocks / splits, rounds = (tiles + together - 1) / together;
        const auto end = rounds * ((steps + splits - 1) / splits + (splits > 1 ? endOfPart : endOfWhole));
        if (end < soonest)
        {
            best = splits;
            soonest = end;
        }
    }
    return (int) best;
}

std::int64_t cudaWorkspaceFloats (std::int64_t rows, std::int64_t n, std::int64_t k)
{
    const int splits = splitsOf (n, k);
    const auto rowTiles = (rows + 7) / 8, tiles = (n + tileOutputs - 1) / tileOutputs;
    return splits > 1 ? (rowTiles + 3) * tiles * splits * 8 * tileOutputs : 0;
}

void cudaLinear (const GpuLinear& a, void* stream)
{
    const int splits = splitsOf (a.n, a.k);
    switch (a.element)
    {
        case GpuElement::BFloat16:
            return choose<GpuElement::BFloat16> (a, splits, stream);
        case GpuElement::Int8:
            return choose<GpuElement::Int8> (a, splits, stream);
        case GpuElement::Float8E4M3:
            return choose<GpuElement::Float8E4M3> (a, splits, stream);
        case GpuElement::Float32:
            const auto outputs = a.activation == GpuActivation::SwiGlu ? a.n / 2 : a.n;
            launch (plainKernel, dim3 ((unsigned) a.rows, (unsigned) ((outputs + warps - 1) / warps)),
                    threads, 0, stream, a);
    }
}
} // namespace tableread::engine::kernels
