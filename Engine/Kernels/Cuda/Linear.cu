// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include "Kernels/Cuda/BatchRows.h"
#include "Kernels/Cuda/Chain.h"
#include "Kernels/Cuda/FewRows.h"
#include "Kernels/Cuda/ManyRows.h"

namespace tableread::engine::kernels
{
namespace
{
constexpr std::int64_t ceilDiv (std::int64_t a, std::int64_t b)
{
    return (a + b - 1) / b;
}

/** Of first … last the one that ends soonest, the least of several. */
template <typename EndOf>
int soonest (std::int64_t first, std::int64_t last, EndOf&& endOf)
{
    auto best = first;
    for (auto i = first + 1; i <= last; ++i)
        if (endOf (i) < endOf (best))
            best = i;
    return (int) best;
}

/** Rows as the products take them, [M, pitch] in scratch memory, zeros behind k. A block a row. */
__global__ void __launch_bounds__ (preparers) prepareKernel (GpuLinear a, int pitch)
{
    extern __shared__ __align__ (16) float memory[];
    const RowStage stage (a, memory);
    beginTeams();
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
    emit (a, targetOf (a, row, column, true), row, column,
          gated                                 ? first / (1.0f + expf (-first)) * second
          : a.activation == GpuActivation::Gelu ? geluOf (first)
                                                : first);
}

/** Of the device: decides how work is dealt out, never what a sum is. */
int multiprocessors()
{
    static const int found = deviceValue (cudaDevAttrMultiProcessorCount);
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
    const auto tiles = ceilDiv (a.n, tileOutputs), steps = ceilDiv (a.k, stepDepth);
    const int stepsOfASplit = (int) ceilDiv (steps, splits);
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
    const auto tiles = ceilDiv (a.n, tileOutputs), steps = ceilDiv (a.k, stepDepth);
    launch (batchKernel<E, NT, Tiles>,
            dim3 ((unsigned) ceilDiv (a.rows, 8 * NT), (unsigned) ceilDiv (tiles, Tiles), (unsigned) splits),
            threads, BatchShape<E, NT, Tiles>::sharedBytes, stream, a, (int) ceilDiv (steps, splits));
}

/** Blocks of as many tiles as are done soonest: rows are read once for all of a block's. */
template <GpuElement E, int NT>
void batch (const GpuLinear& a, int splits, void* stream)
{
    const auto tiles = ceilDiv (a.n, tileOutputs), steps = ceilDiv (ceilDiv (a.k, stepDepth), splits);
    const auto others = splits * ceilDiv (a.rows, 8 * NT);
    constexpr int fewest = 2, most = 5;
    constexpr std::int64_t ends = 12; // in steps of a tile: to begin a block and to end it
    switch (soonest (fewest, most, [&] (std::int64_t ofABlock) {
        return ceilDiv (ceilDiv (tiles, ofABlock) * others, 2 * multiprocessors()) *
               (ofABlock * steps + ends);
    }))
    {
        case fewest:
            return batchBlocks<E, NT, fewest> (a, splits, stream);
        case 3:
            return batchBlocks<E, NT, 3> (a, splits, stream);
        case 4:
            return batchBlocks<E, NT, 4> (a, splits, stream);
        default:
            return batchBlocks<E, NT, most> (a, splits, stream);
    }
}

/** Many rows of one sequence: what a row's bits are must not depend on others. */
bool isWide (const GpuLinear& a)
{
    constexpr int manyRows = 32;
    return a.rowsOfABatch > manyRows;
}

/** Parts of k for many rows: as many as let a large GPU be done soonest. A function of the shape alone, and of the rows of one
    sequence, which no other one changes. */
int wideParts (const GpuLinear& a)
{
    constexpr std::int64_t side = 128, depth = 64; // of a block; inputs that it takes at once
    constexpr std::int64_t together = 128, most = 8;
    constexpr std::int64_t endOfWhole = 5,
                           endOfPart = 12; // in depths: to begin and end a block; through memory
    const auto whole = ceilDiv (a.n, side) * ceilDiv (a.rowsOfABatch, side), depths = ceilDiv (a.k, depth);
    return soonest (1, std::min (most, depths), [&] (std::int64_t parts) {
        const auto rounds = ceilDiv (whole * parts, together);
        const auto pace = rounds == 1 ? 3 : 2 * rounds; // two blocks at once take less than twice as long
        return pace * (ceilDiv (depths, parts) + (parts > 1 ? endOfPart : endOfWhole));
    });
}

template <GpuElement E, int WM, int WR>
void wideBlocks (const GpuLinear& a, int parts, void* stream)
{
    using Shape = WideShape<E, WM, WR>;
    const auto tiles = ceilDiv (a.n, tileOutputs);
    launch (wideKernel<E, WM, WR>,
            dim3 ((unsigned) ceilDiv (a.rows, Shape::rows), (unsigned) ceilDiv (tiles, Shape::tiles),
                  (unsigned) parts),
            threads, Shape::sharedBytes, stream, a, (int) ceilDiv (ceilDiv (a.k, Shape::depth), parts));
    if (parts > 1)
        launch (sumKernel, dim3 ((unsigned) a.rows, (unsigned) ceilDiv (tiles * 8, threads)), threads, 0,
                stream, a, parts);
}

/** The blocks that are done soonest: a sum is the same in all of them. */
template <GpuElement E>
void wide (const GpuLinear& a, void* stream)
{
    const int parts = wideParts (a);
    /** Cycles that a large GPU was seen to need for 64 inputs: by a block that has a multiprocessor to itself, or as one of
        several. */
    const auto cycles = [&] (std::int64_t outputs, std::int64_t rows, std::int64_t alone,
                             std::int64_t amongOthers) {
        const auto blocks = ceilDiv (a.n, outputs) * ceilDiv (a.rows, rows) * parts;
        return std::max (alone, ceilDiv (blocks, multiprocessors()) * amongOthers);
    };
    const auto large = cycles (128, 128, 2300, 1480), medium = cycles (128, 64, 1430, 900),
               small = cycles (64, 64, 1150, 640);
    if (large <= std::min (medium, small))
        wideBlocks<E, 2, 8> (a, parts, stream);
    else if (medium <= small)
        wideBlocks<E, 2, 4> (a, parts, stream);
    else
        wideBlocks<E, 1, 4> (a, parts, stream);
}

template <GpuElement E>
void choose (GpuLinear a, int splits, void* stream)
{
    constexpr std::int64_t mostInputs = 8192; // of a row that fits any GPU's shared memory
    const auto tiles = ceilDiv (a.n, tileOutputs);
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
            launch (gatherKernel, dim3 ((unsigned) ceilDiv (a.rows, warps)), threads, 0, stream, a, pitch);
        a = prepared (a);
    }
    if (isWide (a))
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
    const auto tiles = ceilDiv (n, tileOutputs), steps = ceilDiv (k, stepDepth);
    return soonest (ceilDiv (steps, mostSteps), std::min<std::int64_t> (mostSplits, steps),
                    [&] (std::int64_t splits) {
                        return ceilDiv (tiles, blocks / splits) *
                               (ceilDiv (steps, splits) + (splits > 1 ? endOfPart : endOfWhole));
                    });
}

std::int64_t cudaWorkspaceFloats (const GpuLinear& a)
{
    const auto tiles = ceilDiv (a.n, tileOutputs);
    if (isWide (a))
        return wideParts (a) > 1 ? wideParts (a) * a.rows * tiles * tileOutputs : 0;
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
            launch (plainKernel, dim3 ((unsigned) a.rows, (unsigned) ceilDiv (outputs, warps)), threads, 0,
                    stream, a);
    }
}
} // namespace tableread::engine::kernels
