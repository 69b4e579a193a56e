// SPDX-License-Identifier: Apache-2.0
// Two ways to share memory without a race that compute-sanitizer's racecheck reports anyway (seen with CUDA 13.0),
// each with a variant that it understands. Engine/Kernels/Cuda/RingBuffer.h and WarpGroups.h have both variants. On a
// GPU of compute capability 9.0:
//
//     nvcc -arch=sm_90 -std=c++17 -o racecheck-limits Tests/Scripts/racecheck-limits.cu
//     compute-sanitizer --tool racecheck ./racecheck-limits groups 0    0 hazards
//     compute-sanitizer --tool racecheck ./racecheck-limits groups 5    reads after writes, across a barrier of all
//     compute-sanitizer --tool racecheck ./racecheck-limits arrive 5    0 hazards
//     compute-sanitizer --tool racecheck ./racecheck-limits ring 32     0 hazards
//     compute-sanitizer --tool racecheck ./racecheck-limits ring 1      writes after reads of lanes that met
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace
{
using Barrier = unsigned long long;
constexpr int threads = 256; // of a warp group
constexpr int rounds = 8;

__device__ unsigned addressOf (void* p)
{
    return (unsigned) __cvta_generic_to_shared (p);
}

__device__ void barSync (int barrier, int count)
{
    asm volatile("bar.sync %0, %1;" ::"r"(barrier), "r"(count) : "memory");
}

__device__ void init (Barrier* barrier, int count)
{
    asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(addressOf (barrier)), "r"(count) : "memory");
}

__device__ void arriveAndWait (Barrier* barrier)
{
    Barrier phase;
    asm volatile("mbarrier.arrive.shared.b64 %0, [%1];" : "=l"(phase) : "r"(addressOf (barrier)) : "memory");
    unsigned done = 0;
    while (done == 0)
        asm volatile("{ .reg .pred p; mbarrier.test_wait.shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
                     : "=r"(done)
                     : "r"(addressOf (barrier)), "l"(phase)
                     : "memory");
}

/** Two warp groups and two warps that exit. The first group passes `more` barriers of its own before both synchronise, at a
    hardware barrier or at an mbarrier in memory. */
template <bool InMemory>
__global__ void groups (int more, float* out)
{
    __shared__ float values[2 * threads];
    __shared__ Barrier all;
    const int thread = threadIdx.x;
    if (thread == 0)
        init (&all, 2 * threads);
    __syncthreads();
    if (thread >= 2 * threads)
        return;
    if (thread < threads)
        for (int i = 0; i < more; ++i)
            barSync (1, threads);
    values[thread] = (float) thread;
    if (InMemory)
        arriveAndWait (&all);
    else
        barSync (15, 2 * threads);
    out[thread] = values[2 * threads - 1 - thread];
}

__device__ void waitUntil (Barrier* barrier, unsigned parity)
{
    unsigned done = 0;
    while (done == 0)
        asm volatile(
            "{ .reg .pred p; mbarrier.try_wait.parity.shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
            : "=r"(done)
            : "r"(addressOf (barrier)), "r"(parity)
            : "memory");
}

/** A slot that a warp fills and a warp group reads, again and again; `arrivingLanes` lanes of each warp arrive after reading. */
__global__ void ring (int arrivingLanes, const float* in, float* out)
{
    __shared__ __align__ (16) float slot[threads];
    __shared__ Barrier full, empty;
    const int thread = threadIdx.x;
    if (thread == 0)
    {
        init (&full, 1);
        init (&empty, threads / 32 * arrivingLanes);
        asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    }
    __syncthreads();
    if (thread >= threads)
    {
        for (int i = 0; i < rounds; ++i)
        {
            if (i > 0)
                waitUntil (&empty, (i - 1) & 1);
            if (thread > threads)
                continue;
            asm volatile("mbarrier.arrive.expect_tx.shared.b64 _, [%0], %1;" ::"r"(addressOf (&full)),
                         "r"((int) sizeof (slot))
                         : "memory");
            asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, "
                         "[%3];" ::"r"(addressOf (slot)),
                         "l"(in + i * threads), "r"((int) sizeof (slot)), "r"(addressOf (&full))
                         : "memory");
        }
        return;
    }
    float sum = 0;
    for (int i = 0; i < rounds; ++i)
    {
        waitUntil (&full, i & 1);
        sum += slot[thread];
        __syncwarp();
        if (thread % 32 < arrivingLanes)
            asm volatile(
                "{ .reg .b64 state; mbarrier.arrive.shared.b64 state, [%0]; }" ::"r"(addressOf (&empty))
                : "memory");
    }
    out[thread] = sum;
}
} // namespace

int main (int count, char** arguments)
{
    if (count != 3)
    {
        std::puts ("racecheck-limits groups|arrive|ring NUMBER");
        return 1;
    }
    float *in = nullptr, *out = nullptr;
    cudaMalloc (&in, rounds * threads * sizeof (float));
    cudaMalloc (&out, 2 * threads * sizeof (float));
    cudaMemset (in, 0, rounds * threads * sizeof (float));
    const int number = std::atoi (arguments[2]);
    if (std::strcmp (arguments[1], "groups") == 0)
        groups<false><<<4, 2 * threads + 64>>> (number, out);
    else if (std::strcmp (arguments[1], "arrive") == 0)
        groups<true><<<4, 2 * threads + 64>>> (number, out);
    else
        ring<<<4, threads + 32>>> (number, in, out);
    const auto error = cudaDeviceSynchronize();
    std::puts (cudaGetErrorString (error));
    return error == cudaSuccess ? 0 : 1;
}
