// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>

#include "Kernels/Cuda/CodecBlock.h"
#include "Kernels/Cuda/Columns.h"
#include "Kernels/Cuda/Launch.h"
#include "Kernels/Cuda/PersistentStep.h"

namespace tableread::engine::kernels
{
namespace
{
template <typename T>
__global__ void extendKernel (GpuExtend a)
{
    launchDependents();
    waitForDependencies();
    extendValue<T> (a, blockIdx.y, (int) (blockIdx.x * blockDim.x + threadIdx.x));
}

template <int Channels, int Rows>
void block (const GpuCodecBlock& a, void* stream)
{
    launch (blockKernel<Channels, Rows>,
            { .grid = dim3 ((unsigned) ((a.rows + Rows - 1) / Rows), (unsigned) a.streams),
              .threads = threads,
              .sharedBytes = BlockShape<Channels, Rows>::sharedBytes,
              .stream = stream },
            a);
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
        issueStep (PersistentStep::of (PersistentStep::Kind::Mix, a, ColumnMix::itemsOf (a)), nullptr,
                   warpGroups * ColumnMix::sharedBytes, stream);
        return false;
    }
    constexpr int most = 1024, some = 128; // threads of a block
    const bool ready = a.ready != nullptr && a.channels <= most;
    const int threads = std::min (ready ? most : some, (a.channels + 31) / 32 * 32);
    const dim3 grid ((unsigned) ((a.rows + mixColumns - 1) / mixColumns), (unsigned) a.streams,
                     (unsigned) ((a.channels + threads - 1) / threads));
    launch (ready ? mixKernel<true> : mixKernel<false>,
            { .grid = grid,
              .threads = (unsigned) threads,
              .sharedBytes = (std::size_t) ((mixColumns + contextColumns) * threads) * sizeof (float),
              .stream = stream },
            a);
    return ready;
}

void cudaExtend (const GpuExtend& a, void* stream)
{
    const auto values = std::max (a.rows, std::int64_t { 1 }) * a.channels,
               items = (values + threads - 1) / threads;
    if (isRecording() && a.streams * a.rows <= mostGemvRows)
        return issueStep (PersistentStep::of (PersistentStep::Kind::Extend, a, a.streams * items), nullptr, 0,
                          stream);
    launch (a.rounded ? extendKernel<__nv_bfloat16> : extendKernel<float>,
            { .grid = dim3 ((unsigned) items, (unsigned) a.streams), .threads = threads, .stream = stream },
            a);
}
} // namespace tableread::engine::kernels
