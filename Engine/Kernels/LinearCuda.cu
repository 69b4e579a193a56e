// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include "Kernels/CudaLaunch.h"
#include "Kernels/CudaTiles.h"

namespace tableread::engine::kernels
{
namespace
{
/** Rows as the products take them: normalised, modulated, gathered, bf16; [M, pitch], zeros behind k. With few inputs a
    warp a row, else a block a row, each of whose warps works out the factor by itself. */
__global__ void __launch_bounds__ (threads)
    prepareKernel (GpuLinear a, __nv_bfloat16* out, int pitch, int rowsOfABlock)
{
    letNextStart();
    waitForInputs();
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, lanes = threads / rowsOfABlock;
    const std::int64_t row = (std::int64_t) blockIdx.x * rowsOfABlock + warp * rowsOfABlock / warps;
    if (row >= a.rows)
        return;
    const float* x = sourceRow (a, row);
    const float factor = a.normalise ? normFactor (a, x, lane) : 1.0f;
    for (int k = (int) threadIdx.x % lanes * 4; k < pitch; k += lanes * 4)
        *reinterpret_cast<uint2*> (out + row * pitch + k) = preparedFour (a, x, row, k, factor);
}

/** Few rows: a block walks over tiles of 16 outputs, its warps take k in turns of 16 and add up in the order of the
    warps. The order of a sum depends on the weight's shape alone: not on NT, the tiles of a block, or other rows. */
template <GpuElement E, int NT, bool Fused, int MinBlocks>
__global__ void __launch_bounds__ (threads, MinBlocks)
    narrowKernel (GpuLinear a, int tilesOfABlock, int stepsOfASplit)
{
    extern __shared__ unsigned char shared[];
    constexpr int ahead = 64 / (int) sizeof (typename Raw<E>::Type); // 64 bytes a lane on their way
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, quad = lane % 4;
    const std::int64_t firstRow = (std::int64_t) blockIdx.x * 8 * NT;
    const int rows = (int) min ((std::int64_t) 8 * NT, a.rows - firstRow);
    const int tiles = (int) ((a.n + tileOutputs - 1) / tileOutputs);
    const int kSteps = (int) ((a.k + stepDepth - 1) / stepDepth);
    const int stepBegin = blockIdx.z * stepsOfASplit, steps = min (stepsOfASplit, kSteps - stepBegin);
    const int width = steps * stepDepth, from = stepBegin * stepDepth, pitch = stepsOfASplit * stepDepth + 8;
    auto* parts = reinterpret_cast<float*> (shared); // [warps][8 NT][16]
    auto* staged = reinterpret_cast<__nv_bfloat16*> (shared + warps * 8 * NT * 16 * 4);
    __shared__ unsigned arrived;

    int tile = blockIdx.y * tilesOfABlock;
    const int tileEnd = min (tiles, tile + tilesOfABlock);
    constexpr int stepLanes = warps * tileLanes; // from one of a warp's tiles to its next
    typename Raw<E>::Type raw[ahead];
    const auto request = [&] (const typename Raw<E>::Type* from, int count) {
#pragma unroll
        for (int u = 0; u < ahead; ++u)
            if (u < count)
                raw[u] = fetch<E> (from + u * stepLanes);
    };
    const auto* here = laneOf<E> (a.weight, ((std::int64_t) tile * kSteps + stepBegin) * warps + warp, lane);
    letNextStart();
    request (here, tile < tileEnd ? steps : 0);
    waitForInputs();

    if constexpr (Fused)
    {
        __shared__ float factors[8];
        if (a.normalise)
        {
            if (warp < rows)
            {
                const float factor = normFactor (a, sourceRow (a, firstRow + warp), lane);
                if (lane == 0)
                    factors[warp] = factor;
            }
            __syncthreads();
        }
        const int fours = width / 4;
        for (int i = threadIdx.x; i < rows * fours; i += threads)
        {
            const int r = i / fours, c = i % fours * 4;
            *reinterpret_cast<uint2*> (staged + r * pitch + c) = preparedFour (
                a, sourceRow (a, firstRow + r), firstRow + r, from + c, a.normalise ? factors[r] : 1.0f);
        }
    }
    else
        for (int i = threadIdx.x; i < rows * (width / 8); i += threads)
        {
            const int r = i / (width / 8), c = i % (width / 8) * 8;
            *reinterpret_cast<uint4*> (staged + r * pitch + c) =
                from + c < a.readyWidth
                    ? *reinterpret_cast<const uint4*> (readyRow (a, firstRow + r) + from + c)
                    : uint4 {};
        }
    __syncthreads();

    for (; tile < tileEnd; ++tile, here += kSteps * stepLanes)
    {
        float sums[NT][4] = {};
        for (int s0 = 0; s0 < steps; s0 += ahead)
        {
            typename Raw<E>::Type now[ahead];
#pragma unroll
            for (int u = 0; u < ahead; ++u)
                now[u] = raw[u];
            const bool within = s0 + ahead < steps; // else from the beginning of the next tile
            request (here + (within ? s0 + ahead : kSteps) * stepLanes, within ? steps - s0 - ahead
                                                                        : tile + 1 < tileEnd ? steps
                                                                                             : 0);
#pragma unroll
            for (int u = 0; u < ahead; ++u)
            {
                if (s0 + u >= steps)
                    break;
                const int column = ((s0 + u) * warps + warp) * tileDepth;
                const Fragment weights = expand<E> (now[u]);
                if constexpr (NT == 1)
                {
                    unsigned b0 = 0, b1 = 0;
                    if (group < rows)
                    {
                        const auto* b = staged + group * pitch + column + quad * 2;
                        b0 = *reinterpret_cast<const unsigned*> (b);
                        b1 = *reinterpret_cast<const unsigned*> (b + 8);
                    }
                    mma (sums[0], weights, b0, b1);
                }
                else
#pragma unroll
                    for (int j = 0; j < NT; j += 2)
                    {
                        const Fragment b = twoRowTiles (staged + j * 8 * pitch + column, pitch, lane);
                        mma (sums[j], weights, b.r[0], b.r[1]);
                        mma (sums[j + 1], weights, b.r[2], b.r[3]);
                    }
            }
        }
        // c0, c1: output `group`, rows 2·quad, +1; c2, c3: output group + 8.
#pragma unroll
        for (int j = 0; j < NT; ++j)
#pragma unroll
            for (int i = 0; i < 4; ++i)
                parts[(warp * 8 * NT + j * 8 + quad * 2 + (i & 1)) * 16 + group + (i >> 1) * 8] = sums[j][i];
        __syncthreads();
        const int splits = gridDim.z;
        float* own = nullptr;
        bool last = true;
        if (splits > 1)
        {
            const std::int64_t slot = (std::int64_t) blockIdx.x * tiles + tile;
            own = a.workspace + slot * splits * (8 * NT * 16);
            for (int index = threadIdx.x; index < rows * 16; index += threads)
            {
                float total = 0;
#pragma unroll
                for (int w = 0; w < warps; ++w)
                    total += parts[w * 8 * NT * 16 + index];
                __stcg (own + (std::size_t) blockIdx.z * (8 * NT * 16) + index, total);
            }
            __threadfence();
            __syncthreads();
            if (threadIdx.x == 0)
            {
                arrived = atomicAdd (a.counters + slot, 1u);
                if (arrived == (unsigned) splits - 1)
                    a.counters[slot] = 0; // ready for the next launch
            }
            __syncthreads();
            last = arrived == (unsigned) splits - 1;
            if (last)
                __threadfence();
        }
        if (last)
            for (int index = threadIdx.x; index < rows * 8; index += threads)
            {
                const int r = index / 8, o = index % 8;
                float first = 0, second = 0;
                if (splits > 1)
                    for (int z = 0; z < splits; ++z)
                    {
                        first += __ldcg (own + (std::size_t) z * (8 * NT * 16) + r * 16 + o);
                        second += __ldcg (own + (std::size_t) z * (8 * NT * 16) + r * 16 + o + 8);
                    }
                else
#pragma unroll
                    for (int w = 0; w < warps; ++w)
                    {
                        first += parts[(w * 8 * NT + r) * 16 + o];
                        second += parts[(w * 8 * NT + r) * 16 + o + 8];
                    }
                finish (a, firstRow + r, tile, o, first, second);
            }
        __syncthreads();
    }
}

constexpr int wideRows = 128, wideDepth = 64, widePitch = wideDepth + 8;

__device__ inline void copyAsync16 (void* to, const void* from, bool there)
{
    const unsigned address = (unsigned) __cvta_generic_to_shared (to), bytes = there ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address), "l"(from), "r"(bytes));
}

/** Many rows: 128 of them a block, and 16 · WN outputs; each warp a tile of outputs and its share of the rows. */
template <GpuElement E, int WN>
__global__ void __launch_bounds__ (threads) wideKernel (GpuLinear a)
{
    constexpr int NT = 2 * WN; // row tiles of a warp
    constexpr int stages = 3;
    extern __shared__ unsigned char shared[];
    auto* staged = reinterpret_cast<__nv_bfloat16*> (shared); // [stages][wideRows][widePitch]
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, quad = lane % 4;
    const std::int64_t firstRow = (std::int64_t) blockIdx.x * wideRows;
    const int tiles = (int) ((a.n + tileOutputs - 1) / tileOutputs), tile = blockIdx.y * WN + warp % WN;
    const int warpRow = warp / WN * NT * 8;
    const int kTiles = (int) ((a.k + stepDepth - 1) / stepDepth) * warps; // packed
    const int used = (int) ((a.k + tileDepth - 1) / tileDepth),
              chunks = (used * tileDepth + wideDepth - 1) / wideDepth;

    const auto stage = [&] (int chunk) {
        if (chunk < chunks)
        {
            auto* to = staged + (std::size_t) (chunk % stages) * wideRows * widePitch;
            for (int i = threadIdx.x; i < wideRows * (wideDepth / 8); i += threads)
            {
                const int r = i / (wideDepth / 8), c = i % (wideDepth / 8) * 8, k = chunk * wideDepth + c;
                const bool there = firstRow + r < a.rows && k < a.readyWidth;
                copyAsync16 (to + r * widePitch + c, there ? readyRow (a, firstRow + r) + k : a.ready, there);
            }
        }
        asm volatile("cp.async.commit_group;");
    };
    const auto* here = laneOf<E> (a.weight, (std::int64_t) tile * kTiles, lane);
    typename Raw<E>::Type raw[4] = {};
    const auto request = [&] (int chunk) {
#pragma unroll
        for (int u = 0; u < 4; ++u)
            if (tile < tiles && chunk * 4 + u < used)
                raw[u] = fetch<E> (here + (chunk * 4 + u) * tileLanes);
    };
    letNextStart();
    request (0);
    waitForInputs();
    stage (0);
    stage (1);
    float sums[NT][4] = {};
    for (int chunk = 0; chunk < chunks; ++chunk)
    {
        asm volatile("cp.async.wait_group 1;");
        __syncthreads();
        stage (chunk + 2);
        typename Raw<E>::Type now[4];
#pragma unroll
        for (int u = 0; u < 4; ++u)
            now[u] = raw[u];
        request (chunk + 1);
        const auto* x = staged + (std::size_t) (chunk % stages) * wideRows * widePitch;
#pragma unroll
        for (int u = 0; u < 4; ++u)
        {
            if (chunk * 4 + u >= used)
                break;
            const Fragment weights = expand<E> (now[u]);
#pragma unroll
            for (int j = 0; j < NT; j += 2)
            {
                const Fragment b =
                    twoRowTiles (x + (warpRow + j * 8) * widePitch + u * tileDepth, widePitch, lane);
                mma (sums[j], weights, b.r[0], b.r[1]);
                mma (sums[j + 1], weights, b.r[2], b.r[3]);
            }
        }
    }
    if (tile >= tiles)
        return;
#pragma unroll
    for (int j = 0; j < NT; ++j)
#pragma unroll
        for (int i = 0; i < 2; ++i)
        {
            const std::int64_t row = firstRow + warpRow + j * 8 + quad * 2 + i;
            if (row < a.rows)
                finish (a, row, tile, group, sums[j][i], sums[j][i + 2]);
        }
}

/** fp32 weights [n, k], one warp an output and row: for the comparison with the CPU, not for speed. */
__global__ void plainKernel (GpuLinear a)
{
    letNextStart();
    waitForInputs();
    const int lane = threadIdx.x % 32;
    const bool gated = a.activation == GpuActivation::SwiGlu;
    const std::int64_t width = gated ? a.n / 2 : a.n;
    const std::int64_t column = (std::int64_t) blockIdx.y * (blockDim.x / 32) + threadIdx.x / 32,
                       row = blockIdx.x;
    if (column >= width)
        return;
    const float* x = sourceRow (a, row);
    const float factor = a.normalise ? normFactor (a, x, lane) : 1.0f;
    const float* w0 = static_cast<const float*> (a.weight) + column * a.k;
    const float* w1 = w0 + width * a.k;
    float first = 0, second = 0;
    for (int k = lane; k < a.k; k += 32)
    {
        const float v = prepared (a, x, row, k, factor);
        first += v * w0[k];
        if (gated)
            second += v * w1[k];
    }
    for (int o = 16; o > 0; o /= 2)
    {
        first += __shfl_xor_sync (~0u, first, o);
        second += __shfl_xor_sync (~0u, second, o);
    }
    if (lane != 0)
        return;
    if (a.bias != nullptr)
    {
        first += a.bias[column];
        if (gated)
            second += a.bias[width + column];
    }
    emit (a, row, column, width,
          gated                                 ? first / (1.0f + expf (-first)) * second
          : a.activation == GpuActivation::Gelu ? geluOf (first)
                                                : first);
}

/** Bytes of shared memory that a block can have. */
int sharedLimit()
{
    static const int limit = [] {
        int device = 0, bytes = 0;
        check (cudaGetDevice (&device));
        check (cudaDeviceGetAttribute (&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device));
        return std::min (bytes, 128 * 1024); // two blocks have to fit
    }();
    return limit;
}

constexpr int multiprocessors = 132; // of an H100: only how the tiles are dealt out

template <GpuElement E, int NT, bool Fused, int MB>
void narrow (const GpuLinear& a, int splits, void* stream)
{
    const int tiles = (int) ((a.n + tileOutputs - 1) / tileOutputs),
              steps = (int) ((a.k + stepDepth - 1) / stepDepth);
    const int rowBlocks = (int) ((a.rows + 8 * NT - 1) / (8 * NT));
    const int stepsOfASplit = (steps + splits - 1) / splits;
    const std::int64_t work = (std::int64_t) tiles * splits * rowBlocks, room = MB * multiprocessors;
    const int tilesOfABlock = (int) std::min<std::int64_t> ((work + room - 1) / room, tiles);
    const std::size_t bytes = (std::size_t) warps * 8 * NT * 16 * 4 +
                              (std::size_t) (NT == 1 ? std::min<std::int64_t> (8, a.rows) : 8 * NT) *
                                  (stepsOfASplit * stepDepth + 8) * 2;
    launch (narrowKernel<E, NT, Fused, MB>,
            dim3 ((unsigned) rowBlocks, (unsigned) ((tiles + tilesOfABlock - 1) / tilesOfABlock),
                  (unsigned) splits),
            threads, bytes, stream, a, tilesOfABlock, stepsOfASplit);
}

/** The order of a sum is the same for each WN, so that is chosen to fill the device. */
template <GpuElement E, int WN>
void wide (const GpuLinear& a, void* stream)
{
    const auto tiles = (a.n + tileOutputs - 1) / tileOutputs, rowBlocks = (a.rows + wideRows - 1) / wideRows;
    if constexpr (WN > 1)
        if (tiles < WN || rowBlocks * ((tiles + WN - 1) / WN) < multiprocessors)
            return wide<E, WN / 2> (a, stream);
    launch (wideKernel<E, WN>, dim3 ((unsigned) rowBlocks, (unsigned) ((tiles + WN - 1) / WN)), threads,
            3 * wideRows * widePitch * 2, stream, a);
}

/** Whether a product with many rows reads each weight once for 128 of them, and not for 32: by the rows of one sequence
    and the weight's shape, since what a row's bits are must not depend on others. */
bool isWide (const GpuLinear& a)
{
    constexpr std::int64_t staysInCache = 4 << 20; // weights that are read again from there, not from memory
    return a.rowsOfABatch > (a.n * a.k <= staysInCache ? 256 : 32);
}

template <GpuElement E>
void choose (GpuLinear a, int splits, void* stream)
{
    if (a.ready == nullptr && a.rows <= 8)
        return narrow<E, 1, true, 4> (a, splits, stream);
    if (a.ready == nullptr)
    {
        auto* rows = static_cast<__nv_bfloat16*> (a.scratch);
        a.readyWidth = (a.k + 15) / 16 * 16;
        const int rowsOfABlock = a.k > 512 ? 1 : warps;
        launch (prepareKernel, dim3 ((unsigned) ((a.rows + rowsOfABlock - 1) / rowsOfABlock)), threads, 0,
                stream, a, rows, (int) a.readyWidth, rowsOfABlock);
        a.ready = rows;
        a.readyRowStride = a.readyWidth;
        a.readyBatchStride = a.rowsOfABatch * a.readyWidth;
    }
    if (isWide (a))
        return wide<E, 8> (a, stream);
    const auto steps = (a.k + stepDepth - 1) / stepDepth, width = (steps + splits - 1) / splits * stepDepth;
    if (a.rows <= 8)
        narrow<E, 1, false, 4> (a, splits, stream);
    else if (a.rows > 16 && 32 * (width + 8) * 2 + warps * 32 * 16 * 4 <= sharedLimit())
        narrow<E, 4, false, 2> (a, splits, stream);
    else
        narrow<E, 2, false, 2> (a, splits, stream);
}
} // namespace

/** Parts of k: so many that few outputs still fill the device; a function of the weight's shape alone. */
static int splitsOf (std::int64_t n, std::int64_t k)
{
    const auto tiles = (n + tileOutputs - 1) / tileOutputs, steps = (k + stepDepth - 1) / stepDepth;
    std::int64_t splits = 1;
    while (splits < 16 && (steps > splits * 30 || (tiles * splits < 396 && steps >= splits * 8)))
        splits *= 2;
    return (int) splits;
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
