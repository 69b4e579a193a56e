// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Cuda/Attention.h"
#include "Kernels/Cuda/Chain.h"
#include "Kernels/Cuda/Launch.h"

namespace tableread::engine::kernels
{
namespace
{
/** Rotates a row's queries in place and puts its keys, rotated, and values into its store. */
template <typename T>
__global__ void appendKernel (float* qkv, int heads, int kvHeads, int dim, const float* cosine,
                              const float* sine, const Row* table, std::int64_t layer)
{
    letNextStart();
    waitForInputs();
    const int row = blockIdx.x, half = dim / 2;
    const Row entry = table[row];
    if (entry.position < 0)
        return;
    float* base = qkv + (std::int64_t) row * (heads + 2 * kvHeads) * dim;
    const float *c = cosine + entry.position * half, *s = sine + entry.position * half;
    const auto placeOf = [&] (int h) {
        return ((layer * kvHeads + h) * entry.capacity + entry.position) * dim;
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
__global__ void __launch_bounds__ (threads) partKernel (AttentionCall a)
{
    extern __shared__ __align__ (16) unsigned char shared[];
    letNextStart();
    if constexpr (! Append)
        waitForInputs(); // for keys and values too, which the kernel before has put there
    const AttentionPart<T, Vec, Append> part (a, blockIdx.x, blockIdx.y, blockIdx.z, shared);
    part.request();
    if constexpr (Append)
        waitForInputs();
    part.run();
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
                         reinterpret_cast<const Row*> (a.table),
                         a.layer,
                         1.0f / sqrtf ((float) a.dim),
                         a.scratch,
                         a.parts,
                         a.counters,
                         a.out };
    const auto rows = (unsigned) a.rows;
    constexpr bool canBeAStep =
        std::is_same<T, __nv_bfloat16>::value && std::is_same<Vec, uint4>::value; // of a chain
    if (canBeAStep && a.append && a.rows <= mostRowsOfAChain && isGathering())
    {
        call.bytesOfATeam = (int) ((attentionSharedBytes<T, Vec> (call, 32 * 1024) + 127) / 128 * 128);
        // A long passage's weights of its parts take more and more: then a kernel of its own has all of the memory.
        if (const auto bytes = (std::size_t) (teams * call.bytesOfATeam); bytes <= mostSharedBytesOfAStep())
            return issueStep (ChainStep::of (ChainStep::Kind::Attention, call, a.rows * a.kvHeads * a.parts),
                              nullptr, bytes, stream);
    }
    const auto sharedBytes = attentionSharedBytes<T, Vec> (call, 0);
    if (! a.append)
        launch (appendKernel<T>, dim3 (rows), threads, 0, stream, a.qkv, a.heads, a.kvHeads, a.dim, a.cosine,
                a.sine, call.table, a.layer);
    launch (a.append ? partKernel<T, Vec, true> : partKernel<T, Vec, false>,
            dim3 (rows, (unsigned) a.kvHeads, (unsigned) a.parts), threads, sharedBytes, stream, call);
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
