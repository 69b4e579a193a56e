// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Cuda/Attention.h"
#include "Kernels/Cuda/Launch.h"
#include "Kernels/Cuda/PersistentStep.h"

namespace tableread::engine::kernels
{
namespace
{
/** Rotates a row's queries in place and stores its rotated keys and its values. */
template <typename T>
__global__ void appendKernel (AttentionCall call)
{
    launchDependents();
    waitForDependencies();
    const int heads = call.heads, kvHeads = call.kvHeads, dim = call.dim;
    const int row = blockIdx.x, half = dim / 2;
    const TableRow entry = call.table[row];
    if (entry.position < 0)
        return;
    float* base = call.qkv + (std::int64_t) row * (heads + 2 * kvHeads) * dim;
    const float *c = call.cosine + entry.position * half, *s = call.sine + entry.position * half;
    const auto placeOf = [&] (int h) {
        return ((call.layer * kvHeads + h) * entry.capacity + entry.position) * dim;
    };
    T *keys = static_cast<T*> (entry.keys), *values = static_cast<T*> (entry.values);
    for (int i = threadIdx.x; i < (heads + kvHeads) * half; i += blockDim.x)
    {
        const int h = i / half, j = i % half;
        const float a = base[h * dim + j], b = base[h * dim + j + half];
        const float x = a * c[j] - b * s[j], y = b * c[j] + a * s[j];
        if (h < heads)
        {
            base[h * dim + j] = x;
            base[h * dim + j + half] = y;
            continue;
        }
        T* to = keys + placeOf (h - heads);
        to[j] = (T) x;
        to[j + half] = (T) y;
    }
    for (int i = threadIdx.x; i < kvHeads * dim; i += blockDim.x)
        values[placeOf (i / dim) + i % dim] = (T) base[(heads + kvHeads) * dim + i];
}

template <typename T, typename Vec, bool Append>
__global__ void __launch_bounds__ (threads) splitAttentionKernel (AttentionCall a)
{
    extern __shared__ __align__ (16) unsigned char shared[];
    launchDependents();
    if constexpr (! Append)
        waitForDependencies(); // also for keys and values, which appendKernel stores
    const SplitAttention<T, Vec, Append> split (a, { (int) blockIdx.x, (int) blockIdx.y, (int) blockIdx.z },
                                                shared);
    split.prefetch();
    if constexpr (Append)
        waitForDependencies();
    split.run();
}

template <typename T, typename Vec>
void run (const GpuAttention& a, void* stream)
{
    AttentionCall call { a.qkv,
                         a.heads,
                         a.kvHeads,
                         a.dim,
                         a.cosine,
                         a.sine,
                         reinterpret_cast<const TableRow*> (a.table),
                         a.layer,
                         1.0f / sqrtf ((float) a.dim),
                         a.scratch,
                         a.splits,
                         a.counters,
                         a.out };
    const auto rows = (unsigned) a.rows;
    constexpr bool canBeAStep =
        std::is_same<T, __nv_bfloat16>::value && std::is_same<Vec, uint4>::value; // of a persistent kernel
    if (canBeAStep && a.append && a.rows <= mostGemvRows && isRecording())
    {
        call.bytesOfAWarpGroup = (int) ((attentionSharedBytes<T, Vec> (call, 32 * 1024) + 127) / 128 * 128);
        // The weights of a long passage's splits need more and more memory: a kernel of its own has all of it.
        if (const auto bytes = (std::size_t) (warpGroups * call.bytesOfAWarpGroup);
            bytes <= mostSharedBytesOfAStep())
            return issueStep (
                PersistentStep::of (PersistentStep::Kind::Attention, call, a.rows * a.kvHeads * a.splits),
                nullptr, bytes, stream);
    }
    const auto sharedBytes = attentionSharedBytes<T, Vec> (call, 0);
    if (! a.append)
        launch (appendKernel<T>, { .grid = dim3 (rows), .threads = threads, .stream = stream }, call);
    launch (a.append ? splitAttentionKernel<T, Vec, true> : splitAttentionKernel<T, Vec, false>,
            { .grid = dim3 (rows, (unsigned) a.kvHeads, (unsigned) a.splits),
              .threads = threads,
              .sharedBytes = sharedBytes,
              .stream = stream },
            call);
}

template <typename T>
void chooseVec (const GpuAttention& a, void* stream)
{
    if (a.dim * sizeof (T) % sizeof (uint4) == 0)
        run<T, uint4> (a, stream);
    else
        run<T, typename std::conditional<sizeof (T) == 2, unsigned, float2>::type> (a, stream);
}
} // namespace

void cudaAttention (const GpuAttention& call, void* stream)
{
    if (call.bfloat16)
        chooseVec<__nv_bfloat16> (call, stream);
    else
        chooseVec<float> (call, stream);
}
} // namespace tableread::engine::kernels
