// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>

#include "Kernels/Cuda/Chain.h"
#include "Kernels/Cuda/Columns.h"
#include "Kernels/Cuda/Launch.h"
#include "Kernels/Cuda/Tiles.h"

namespace tableread::engine::kernels
{
namespace
{
/** 1 / the root of the mean square of `channels` values, worked out by a warp. */
__device__ inline float rowFactor (const float* x, int channels, float eps, int lane)
{
    constexpr int ahead = 4; // loads on their way together
    float total = 0;
    if (channels % 4 == 0)
#pragma unroll 1
        for (int first = lane; first < channels / 4; first += 32 * ahead)
        {
            float4 v[ahead];
#pragma unroll
            for (int u = 0; u < ahead; ++u)
                v[u] = first + 32 * u < channels / 4 ? reinterpret_cast<const float4*> (x)[first + 32 * u]
                                                     : float4 {};
#pragma unroll
            for (int u = 0; u < ahead; ++u)
                total += v[u].x * v[u].x + v[u].y * v[u].y + v[u].z * v[u].z + v[u].w * v[u].w;
        }
    else
#pragma unroll 1
        for (int i = lane; i < channels; i += 32)
            total += x[i] * x[i];
    return rsqrtf (sumOfWarp (total) / (float) channels + eps);
}

/** The first half of a block: y = x + γ · depthwise (norm x). A block of threads has eight columns of one stream and as many
    channels as threads; those with a stream's first columns also keep its context, which no other ones read, since eight
    columns are more than a context has. Ready: a block has all channels, and also makes the rows that the block's first
    product takes, norm y in bf16. Loops stay loops: what takes long here is fetching instructions. */
template <bool Ready>
__global__ void __launch_bounds__ (1024) mixKernel (GpuCodecBlock a)
{
    extern __shared__ float
        window[]; // [before + mixColumns][threads]: the context and normed columns, then y
    __shared__ float factors[mixColumns + before], sums[32][mixColumns];
    const int channels = a.channels, columns = (int) a.rows, first = blockIdx.x * mixColumns;
    const int count = min (mixColumns, columns - first);
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, warpsHere = blockDim.x / 32;
    const int c = blockIdx.z * blockDim.x + threadIdx.x, stream = blockIdx.y;
    const float* x = a.x + (std::int64_t) stream * columns * channels;
    float* own = window + threadIdx.x;
    const int step = blockDim.x;
    float* context = a.context + stream * before * channels + c;
    const bool isIn = c < channels;
    letNextStart();
    float weight[taps] = {}, norm = 0, gamma = 0, bias = 0;
    if (isIn)
    {
#pragma unroll
        for (int j = 0; j < taps; ++j)
            weight[j] = a.mixer[j * channels + c];
        norm = a.norm[c];
        gamma = a.gamma[c];
        bias = a.mixerBias[c];
        if (first == 0)
#pragma unroll
            for (int i = 0; i < before; ++i)
                own[i * step] = context[i * channels]; // from the chunk before, so from a graph before
    }
    waitForInputs();
    const auto normed = [&] (int t, float factor) { return x[t * channels + c] * factor * norm; };
    const int fresh = max (0, first - before);
#pragma unroll 1
    for (int t = fresh + warp; t < first + count; t += warpsHere)
    {
        const float factor = rowFactor (x + (std::int64_t) t * channels, channels, a.eps, lane);
        if (lane == 0)
            factors[t - first + before] = factor;
    }
    __syncthreads();
    if (isIn)
#pragma unroll 4
        for (int t = fresh; t < first + count; ++t)
            own[(t - first + before) * step] = normed (t, factors[t - first + before]);
    float* out = a.out + ((std::int64_t) stream * columns + first) * channels + c;
#pragma unroll 1
    for (int i = 0; i < count; ++i)
    {
        float y = 0;
        if (isIn)
        {
            float sum = bias;
#pragma unroll
            for (int j = 0; j < taps; ++j)
                sum += weight[j] * own[(i + j) * step];
            y = x[(first + i) * channels + c] + gamma * sum;
            out[i * channels] = y;
            own[i * step] = y; // that column is not needed any more
        }
        if constexpr (Ready)
        {
            const float square = sumOfWarp (y * y);
            if (lane == 0)
                sums[warp][i] = square;
        }
    }
    if constexpr (Ready)
    {
        __syncthreads();
#pragma unroll 1
        for (int i = warp; i < count; i += warpsHere)
        {
            const float total = sumOfWarp (lane < warpsHere ? sums[lane][i] : 0.0f);
            if (lane == 0)
                factors[i] = rsqrtf (total / (float) channels + a.eps);
        }
        __syncthreads();
        const float ffnNorm = isIn ? a.ffnNorm[c] : 0.0f;
        auto* ready =
            static_cast<__nv_bfloat16*> (a.ready) + ((std::int64_t) stream * columns + first) * channels + c;
        if (isIn)
#pragma unroll 1
            for (int i = 0; i < count; ++i)
                ready[i * channels] = __float2bfloat16 (own[i * step] * factors[i] * ffnNorm);
    }
    if (first != 0 || (a.active != nullptr && a.active[stream] == 0))
        return;
    __syncthreads(); // the context of the next chunk: the last columns, which are other blocks' to mix
#pragma unroll 1
    for (int i = warp; i < before; i += warpsHere)
    {
        const float factor =
            rowFactor (x + (std::int64_t) (columns - before + i) * channels, channels, a.eps, lane);
        if (lane == 0)
            factors[i] = factor;
    }
    __syncthreads();
    if (isIn)
#pragma unroll 1
        for (int i = 0; i < before; ++i)
            context[i * channels] = normed (columns - before + i, factors[i]);
}

/** Two k tiles of eight rows out of shared memory, as mma takes them. */
__device__ inline Fragment twoDepthTiles (const __nv_bfloat16* rows, int pitch, int lane)
{
    return matrices (rows + lane % 8 * pitch + lane / 8 * 8);
}

__device__ inline Fragment asFragment (uint4 raw)
{
    return { { raw.x, raw.y, raw.z, raw.w } };
}

template <int Channels, int Rows>
struct BlockShape
{
    static constexpr int inner = 4 * Channels;
    static constexpr int pitch = Channels + 8, innerPitch = inner + 8; // rows of a matrix lie in other banks
    static constexpr int sharedBytes =
        (Rows + before + Rows) * Channels * 4 + Rows * (pitch + innerPitch) * 2;
};

/** A whole block for few channels: everything between x and out stays in shared memory. A block of threads has `Rows`
    columns of one stream. */
template <int Channels, int Rows>
__global__ void __launch_bounds__ (threads) blockKernel (GpuCodecBlock a)
{
    using Shape = BlockShape<Channels, Rows>;
    constexpr int inner = Shape::inner, pitch = Shape::pitch, innerPitch = Shape::innerPitch;
    constexpr int ofALane = Channels / 32, upSteps = Channels / tileDepth, rowTiles = Rows / 8;
    constexpr int upTiles = inner / tileOutputs, packedSteps = depthMultiple / tileDepth;
    extern __shared__ __align__ (16) unsigned char shared[];
    auto* normed = reinterpret_cast<float*> (shared);                         // [before + Rows][Channels]
    auto* mixed = normed + (before + Rows) * Channels;                        // [Rows][Channels]
    auto* ready = reinterpret_cast<__nv_bfloat16*> (mixed + Rows * Channels); // [Rows][pitch]
    auto* hidden = ready + Rows * pitch;                                      // [Rows][innerPitch]
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, quad = lane % 4;
    const int columns = (int) a.rows, first = blockIdx.x * Rows;
    const std::int64_t stream = blockIdx.y, offset = stream * columns * Channels;
    const auto* up = laneOf<GpuElement::BFloat16> (a.up, 0, lane);
    const auto* down = laneOf<GpuElement::BFloat16> (a.down, 0, lane);

    letNextStart();
    uint4 raw[upSteps];
#pragma unroll
    for (int s = 0; s < upSteps; ++s)
        raw[s] = stream16 (up + (warp * packedSteps + s) * tileLanes);
    waitForInputs();
    const float* x = a.x + offset;
    float* context = a.context + stream * before * Channels;
    const auto normedOf = [&] (int t, int u) { return x[t * Channels + u * 32 + lane]; };
    for (int i = warp; i < before + Rows; i += warps)
    {
        const int t = first - before + i;
        float* to = normed + i * Channels + lane;
        const float factor =
            t >= 0 && t < columns ? rowFactor (x + t * Channels, Channels, a.eps, lane) : 0.0f;
#pragma unroll
        for (int u = 0; u < ofALane; ++u)
            to[u * 32] = t < 0          ? context[(t + before) * Channels + u * 32 + lane]
                         : t >= columns ? 0.0f
                                        : normedOf (t, u) * factor * a.norm[u * 32 + lane];
    }
    __syncthreads();

    {
        const int c = threadIdx.x % Channels;
        float weight[taps];
#pragma unroll
        for (int j = 0; j < taps; ++j)
            weight[j] = a.mixer[j * Channels + c];
        const float bias = a.mixerBias[c], gamma = a.gamma[c];
#pragma unroll
        for (int r = (int) threadIdx.x / Channels; r < Rows; r += threads / Channels)
        {
            float sum = bias;
#pragma unroll
            for (int j = 0; j < taps; ++j)
                sum += weight[j] * normed[(r + j) * Channels + c];
            mixed[r * Channels + c] =
                first + r < columns ? x[(first + r) * Channels + c] + gamma * sum : 0.0f;
        }
    }
    if (first == 0 && warp < before && (a.active == nullptr || a.active[stream] != 0))
    {
        const int t = columns - before + warp;
        const float factor = rowFactor (x + t * Channels, Channels, a.eps, lane);
#pragma unroll
        for (int u = 0; u < ofALane; ++u)
            context[warp * Channels + u * 32 + lane] = normedOf (t, u) * factor * a.norm[u * 32 + lane];
    }
    __syncthreads();
    for (int r = warp; r < Rows; r += warps)
    {
        const float factor = rowFactor (mixed + r * Channels, Channels, a.eps, lane);
#pragma unroll
        for (int u = 0; u < ofALane; ++u)
            ready[r * pitch + u * 32 + lane] =
                __float2bfloat16 (mixed[r * Channels + u * 32 + lane] * factor * a.ffnNorm[u * 32 + lane]);
    }
    __syncthreads();

    for (int tile = warp; tile < upTiles; tile += warps)
    {
        uint4 now[upSteps];
#pragma unroll
        for (int s = 0; s < upSteps; ++s)
        {
            now[s] = raw[s];
            if (tile + warps < upTiles)
                raw[s] = stream16 (up + ((tile + warps) * packedSteps + s) * tileLanes);
        }
        float sums[rowTiles][4] = {};
#pragma unroll
        for (int s = 0; s < upSteps; ++s)
#pragma unroll
            for (int j = 0; j < rowTiles; j += 2)
            {
                const Fragment b = twoRowTiles (ready + j * 8 * pitch + s * tileDepth, pitch, lane);
                mma (sums[j], asFragment (now[s]), b.r[0], b.r[1]);
                mma (sums[j + 1], asFragment (now[s]), b.r[2], b.r[3]);
            }
        const int output = tile * tileOutputs + group;
        const float bias0 = a.upBias[output], bias1 = a.upBias[output + 8];
#pragma unroll
        for (int j = 0; j < rowTiles; ++j)
#pragma unroll
            for (int i = 0; i < 2; ++i)
            {
                auto* to = hidden + (j * 8 + quad * 2 + i) * innerPitch + output;
                to[0] = __float2bfloat16 (geluOf (sums[j][i] + bias0));
                to[8] = __float2bfloat16 (geluOf (sums[j][i + 2] + bias1));
            }
    }

    constexpr int outTiles = Channels / tileOutputs, warpsOfATile = warps / outTiles;
    constexpr int ofAWarp = Rows / warpsOfATile, downSteps = inner / tileDepth, ahead = 8;
    static_assert (ofAWarp == 8 || ofAWarp == 16);
    const int tile = warp % outTiles, row = warp / outTiles * ofAWarp;
    uint4 next[ahead];
#pragma unroll
    for (int u = 0; u < ahead; ++u)
        next[u] = stream16 (down + (tile * downSteps + u) * tileLanes);
    __syncthreads();
    float sums[ofAWarp / 8][4] = {};
#pragma unroll
    for (int s = 0; s < downSteps; s += ahead)
    {
        uint4 now[ahead];
#pragma unroll
        for (int u = 0; u < ahead; ++u)
        {
            now[u] = next[u];
            if (s + ahead < downSteps)
                next[u] = stream16 (down + (tile * downSteps + s + ahead + u) * tileLanes);
        }
        const auto* from = hidden + row * innerPitch + s * tileDepth;
        if constexpr (ofAWarp == 16)
#pragma unroll
            for (int u = 0; u < ahead; ++u)
            {
                const Fragment b = twoRowTiles (from + u * tileDepth, innerPitch, lane);
                mma (sums[0], asFragment (now[u]), b.r[0], b.r[1]);
                mma (sums[1], asFragment (now[u]), b.r[2], b.r[3]);
            }
        else
#pragma unroll
            for (int u = 0; u < ahead; u += 2)
            {
                const Fragment b = twoDepthTiles (from + u * tileDepth, innerPitch, lane);
                mma (sums[0], asFragment (now[u]), b.r[0], b.r[1]);
                mma (sums[0], asFragment (now[u + 1]), b.r[2], b.r[3]);
            }
    }
#pragma unroll
    for (int j = 0; j < ofAWarp / 8; ++j)
#pragma unroll
        for (int i = 0; i < 4; ++i)
        {
            const int r = row + j * 8 + quad * 2 + i % 2, c = tile * tileOutputs + group + i / 2 * 8;
            if (first + r < columns)
                a.out[offset + (first + r) * Channels + c] =
                    mixed[r * Channels + c] + a.ffnGamma[c] * (sums[j][i] + a.downBias[c]);
        }
}

template <typename T>
__global__ void extendKernel (GpuExtend a)
{
    letNextStart();
    waitForInputs();
    extendValue<T> (a, blockIdx.y, (int) (blockIdx.x * blockDim.x + threadIdx.x));
}

template <int Channels, int Rows>
void block (const GpuCodecBlock& a, void* stream)
{
    launch (blockKernel<Channels, Rows>, dim3 ((unsigned) ((a.rows + Rows - 1) / Rows), (unsigned) a.streams),
            threads, BlockShape<Channels, Rows>::sharedBytes, stream, a);
}
} // namespace

bool cudaCodecBlock (const GpuCodecBlock& a, void* stream)
{
    if (a.rows < 16)
        return false;
    if (a.channels == 32)
        block<32, 32> (a, stream);
    else if (a.channels == 64)
        block<64, 16> (a, stream);
    else if (a.channels == 128)
        block<128, 16> (a, stream);
    else
        return false;
    return true;
}

bool cudaCodecMix (const GpuCodecBlock& a, void* stream)
{
    if (a.rows <= mixColumns)
    {
        issueStep (ChainStep::of (ChainStep::Kind::Mix, a, ColumnMix::itemsOf (a)), nullptr,
                   teams * ColumnMix::sharedBytes, stream);
        return false;
    }
    constexpr int most = 1024, some = 128; // threads of a block
    const bool ready = a.ready != nullptr && a.channels <= most;
    const int threads = std::min (ready ? most : some, (a.channels + 31) / 32 * 32);
    const dim3 grid ((unsigned) ((a.rows + mixColumns - 1) / mixColumns), (unsigned) a.streams,
                     (unsigned) ((a.channels + threads - 1) / threads));
    launch (ready ? mixKernel<true> : mixKernel<false>, grid, (unsigned) threads,
            (std::size_t) ((mixColumns + before) * threads) * sizeof (float), stream, a);
    return ready;
}

void cudaExtend (const GpuExtend& a, void* stream)
{
    const auto values = std::max (a.rows, std::int64_t { 1 }) * a.channels,
               items = (values + threads - 1) / threads;
    if (isGathering() && a.streams * a.rows <= mostRowsOfAChain)
        return issueStep (ChainStep::of (ChainStep::Kind::Extend, a, a.streams * items), nullptr, 0, stream);
    launch (a.rounded ? extendKernel<__nv_bfloat16> : extendKernel<float>,
            dim3 ((unsigned) items, (unsigned) a.streams), threads, 0, stream, a);
}
} // namespace tableread::engine::kernels
