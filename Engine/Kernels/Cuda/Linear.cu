// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include "Kernels/Cuda/Gemm/Gemm.h"
#include "Kernels/Cuda/Gemm/Gemv.h"
#include "Kernels/Cuda/Gemm/SmallGemm.h"
#include "Kernels/Cuda/PersistentStep.h"

namespace tableread::engine::kernels
{
namespace
{
constexpr std::int64_t ceilDiv (std::int64_t a, std::int64_t b)
{
    return (a + b - 1) / b;
}

/** The number in first … last with the lowest cost; the lowest such number. */
template <typename CostOf>
int cheapest (std::int64_t first, std::int64_t last, CostOf&& costOf)
{
    auto best = first;
    for (auto i = first + 1; i <= last; ++i)
        if (costOf (i) < costOf (best))
            best = i;
    return (int) best;
}

/** The prologue as a kernel of its own: rows in bf16, [M, pitch] in scratch memory, zeros behind k. One block a row. */
__global__ void __launch_bounds__ (prologueThreads) prologueKernel (GpuLinear a, int pitch)
{
    extern __shared__ __align__ (16) float memory[];
    const PrologueStage stage (a, memory);
    initWarpGroups();
    launchDependents();
    prefetchNorm (a, stage);
    waitForDependencies();
    applyPrologue (a, stage, { blockIdx.x, 1, false }, scratchRow (a, blockIdx.x, pitch));
}

/** The same for short rows without a norm: one warp a row. */
__global__ void __launch_bounds__ (threads) convertKernel (GpuLinear a, int pitch)
{
    launchDependents();
    waitForDependencies();
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

/** fp32 weights [n, k], one warp for each output and row. For comparison with the CPU, not for speed. */
__global__ void floatKernel (GpuLinear a)
{
    launchDependents();
    waitForDependencies();
    const int lane = threadIdx.x % 32;
    const bool gated = a.activation == GpuActivation::SwiGlu;
    const std::int64_t column = (std::int64_t) blockIdx.y * warps + threadIdx.x / 32, row = blockIdx.x;
    if (column >= outputsOf (a))
        return;
    const float* x = sourceRow (a, row);
    float factor = 1;
    if (a.normalise)
    {
        float total = 0;
        for (int k = lane; k < a.k; k += 32)
            total += x[k] * x[k];
        factor = rsqrtf (sumOfWarp (total) / (float) a.k + a.eps);
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
    first = sumOfWarp (first);
    second = sumOfWarp (second);
    if (lane != 0)
        return;
    if (a.bias != nullptr)
    {
        first += a.bias[column];
        if (gated)
            second += a.bias[outputsOf (a) + column];
    }
    const OutputPlace place { row, column };
    storeOutput (a, place, residualOf (a, place, true),
                 gated                                 ? first / (1.0f + expf (-first)) * second
                 : a.activation == GpuActivation::Gelu ? geluOf (first)
                                                       : first);
}

/** Of the device. It may decide how work is distributed, never the order of a sum. */
int multiprocessors()
{
    return deviceValue<cudaDevAttrMultiProcessorCount>();
}

/** The call whose rows the prologue has put into scratch memory. */
GpuLinear afterPrologue (GpuLinear a)
{
    const int pitch = prologuePitch (a);
    a.ready = a.scratch;
    a.readyWidth = a.readyRowStride = pitch;
    a.readyBatchStride = a.rowsOfABatch * pitch;
    return a;
}

template <GpuElement E>
void gemv (GpuLinear a, int splits, void* stream)
{
    using Kind = PersistentStep::Kind;
    constexpr GpuElement element = E;
    constexpr int mostRowsInEachBlock = 4; // for which every block runs the prologue itself
    const auto tiles = ceilDiv (a.n, tileOutputs), steps = ceilDiv (a.k, stepDepth);
    const int stepsOfASplit = (int) ceilDiv (steps, splits);
    if (a.ready == nullptr &&
        (a.rows > mostRowsInEachBlock || Gemv<E>::sharedBytes (a, stepsOfASplit) > mostSharedBytesOfAStep()))
    {
        issueStep (PersistentStep::of (Kind::Prologue, a, a.rows), &element,
                   (std::size_t) PrologueStage::floats (a, 1) * sizeof (float), stream);
        a = afterPrologue (a);
    }
    issueStep (PersistentStep::of (Kind::Gemv, a, tiles * splits, { splits, stepsOfASplit }), &element,
               Gemv<E>::sharedBytes (a, stepsOfASplit), stream);
}

template <GpuElement E, int NT, int Tiles>
void smallGemmBlocks (const GpuLinear& a, int splits, void* stream)
{
    const auto tiles = ceilDiv (a.n, tileOutputs), steps = ceilDiv (a.k, stepDepth);
    launch (smallGemmKernel<E, NT, Tiles>,
            { .grid = dim3 ((unsigned) ceilDiv (a.rows, 8 * NT), (unsigned) ceilDiv (tiles, Tiles),
                            (unsigned) splits),
              .threads = threads,
              .sharedBytes = SmallGemmShape<E, NT, Tiles>::sharedBytes,
              .stream = stream },
            a, (int) ceilDiv (steps, splits));
}

/** Chooses the tiles of a block by estimated time: a block reads its rows once for all of its tiles. */
template <GpuElement E, int NT>
void smallGemm (const GpuLinear& a, int splits, void* stream)
{
    const auto tiles = ceilDiv (a.n, tileOutputs), steps = ceilDiv (ceilDiv (a.k, stepDepth), splits);
    const auto others = splits * ceilDiv (a.rows, 8 * NT), together = 2 * (std::int64_t) multiprocessors();
    constexpr int fewest = 2, most = 5;
    constexpr std::int64_t overhead = 12; // of a block's prologue and epilogue, in steps of a tile
    switch (cheapest (fewest, most, [&] (std::int64_t tilesOfABlock) {
        return ceilDiv (ceilDiv (tiles, tilesOfABlock) * others, together) *
               (tilesOfABlock * steps + overhead);
    }))
    {
        case fewest:
            return smallGemmBlocks<E, NT, fewest> (a, splits, stream);
        case 3:
            return smallGemmBlocks<E, NT, 3> (a, splits, stream);
        case 4:
            return smallGemmBlocks<E, NT, 4> (a, splits, stream);
        default:
            return smallGemmBlocks<E, NT, most> (a, splits, stream);
    }
}

/** Many rows of one sequence take another path. Rows of other sequences must not matter: the order of a row's sums would depend
    on the batch. */
bool hasManyRows (const GpuLinear& a)
{
    constexpr int manyRows = 32;
    return a.rowsOfABatch > manyRows;
}

/** The splits of k for many rows, by estimated time on a large GPU. A function of the weight's shape and the rows of one sequence
    alone. */
int gemmSplits (const GpuLinear& a)
{
    constexpr std::int64_t side = 128, depth = 64; // of a block's tile; inputs of a stage
    constexpr std::int64_t concurrent = 128, most = 8;
    constexpr std::int64_t overhead = 5,
                           splitOverhead = 12; // of a block, in stages; with partial sums through memory
    const auto whole = ceilDiv (a.n, side) * ceilDiv (a.rowsOfABatch, side), stages = ceilDiv (a.k, depth);
    return cheapest (1, std::min (most, stages), [&] (std::int64_t splits) {
        const auto rounds = ceilDiv (whole * splits, concurrent);
        const auto pace =
            rounds == 1 ? 3 : 2 * rounds; // two blocks on a multiprocessor take less than twice as long
        return pace * (ceilDiv (stages, splits) + (splits > 1 ? splitOverhead : overhead));
    });
}

template <GpuElement E, int WM, int WR>
void gemmBlocks (const GpuLinear& a, int splits, void* stream)
{
    using Shape = GemmShape<E, WM, WR>;
    const auto tiles = ceilDiv (a.n, tileOutputs);
    launch (gemmKernel<E, WM, WR>,
            { .grid = dim3 ((unsigned) ceilDiv (a.rows, Shape::rows),
                            (unsigned) ceilDiv (tiles, Shape::tiles), (unsigned) splits),
              .threads = threads,
              .sharedBytes = Shape::sharedBytes,
              .stream = stream },
            a, (int) ceilDiv (ceilDiv (a.k, Shape::depth), splits));
    if (splits > 1)
        launch (splitKReduceKernel,
                { .grid = dim3 ((unsigned) a.rows, (unsigned) ceilDiv (tiles * 8, threads)),
                  .threads = threads,
                  .stream = stream },
                a, splits);
}

/** Chooses a block's tile by estimated time: a sum is the same in all of them. */
template <GpuElement E>
void gemm (const GpuLinear& a, void* stream)
{
    const int splits = gemmSplits (a);
    /** Cycles for 64 inputs, measured on a large GPU: of a block that has a multiprocessor to itself, or shares it. */
    const auto cycles = [&] (std::int64_t outputs, std::int64_t rows, std::int64_t alone,
                             std::int64_t shared) {
        const auto blocks = ceilDiv (a.n, outputs) * ceilDiv (a.rows, rows) * splits;
        return std::max (alone, ceilDiv (blocks, multiprocessors()) * shared);
    };
    const auto large = cycles (128, 128, 2300, 1480), medium = cycles (128, 64, 1430, 900),
               small = cycles (64, 64, 1150, 640);
    if (large <= std::min (medium, small))
        gemmBlocks<E, 2, 8> (a, splits, stream);
    else if (medium <= small)
        gemmBlocks<E, 2, 4> (a, splits, stream);
    else
        gemmBlocks<E, 1, 4> (a, splits, stream);
}

template <GpuElement E>
void choose (GpuLinear a, int splits, void* stream)
{
    constexpr std::int64_t mostInputs = 8192; // of a row that fits any GPU's shared memory
    const auto tiles = ceilDiv (a.n, tileOutputs);
    if (a.rows <= mostGemvRows && splits <= mostSplits && tiles * splits <= mostPartialTiles &&
        (a.ready != nullptr || a.k <= mostInputs))
        return gemv<E> (a, splits, stream);
    if (a.ready == nullptr)
    {
        const int pitch = prologuePitch (a);
        if (a.normalise || (a.k > 512 && a.k <= mostInputs))
            launch (prologueKernel,
                    { .grid = dim3 ((unsigned) a.rows),
                      .threads = prologueThreads,
                      .sharedBytes = (std::size_t) PrologueStage::floats (a, 1) * sizeof (float),
                      .stream = stream },
                    a, pitch);
        else
            launch (
                convertKernel,
                { .grid = dim3 ((unsigned) ceilDiv (a.rows, warps)), .threads = threads, .stream = stream },
                a, pitch);
        a = afterPrologue (a);
    }
    if (hasManyRows (a))
        gemm<E> (a, stream);
    else if (a.rows <= 16)
        smallGemm<E, 2> (a, splits, stream);
    else
        smallGemm<E, 4> (a, splits, stream);
}
} // namespace

/** The splits of k for few rows, by estimated time on a few hundred blocks; a split has at most `mostSteps` steps. A function of
    the weight's shape alone. */
static int splitsOf (std::int64_t n, std::int64_t k)
{
    constexpr std::int64_t blocks = 264; // two on each multiprocessor of a large GPU
    constexpr std::int64_t overhead = 2,
                           splitOverhead = 16; // of a tile's epilogue, in steps; with split-K
    const auto tiles = ceilDiv (n, tileOutputs), steps = ceilDiv (k, stepDepth);
    return cheapest (ceilDiv (steps, mostSteps), std::min<std::int64_t> (mostSplits, steps),
                     [&] (std::int64_t splits) {
                         return ceilDiv (tiles, blocks / splits) *
                                (ceilDiv (steps, splits) + (splits > 1 ? splitOverhead : overhead));
                     });
}

std::int64_t cudaWorkspaceFloats (const GpuLinear& a)
{
    const auto tiles = ceilDiv (a.n, tileOutputs);
    if (hasManyRows (a))
        return gemmSplits (a) > 1 ? gemmSplits (a) * a.rows * tiles * tileOutputs : 0;
    const int splits = splitsOf (a.n, a.k);
    const auto rowTiles = ceilDiv (a.rows, 8);
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
            launch (floatKernel,
                    { .grid = dim3 ((unsigned) a.rows, (unsigned) ceilDiv (outputs, warps)),
                      .threads = threads,
                      .stream = stream },
                    a);
    }
}
} // namespace tableread::engine::kernels
