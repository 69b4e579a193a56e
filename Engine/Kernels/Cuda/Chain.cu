// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <vector>

#include "Kernels/Cuda/ChainSteps.h"
#include "Kernels/Cuda/Launch.h"
#include "Kernels/Cuda/Meeting.h"
#include "Kernels/Cuda/WeightWalk.h"

namespace tableread::engine::kernels
{
namespace
{
constexpr int workers = teams * threads; // of a block; behind them a warp for each team's weights
constexpr int threadsOfABlock = workers + teams * 32;

/** Steps of one kernel: as many as fit a kernel's parameters. */
template <int N>
struct Chain
{
    int count;
    int ringOffset, slots; // of each team's ring, in shared memory behind that of the steps
    int cachedSlots;       // that a team's weights may lie in the cache before they are in the ring
    unsigned* arrivals;    // zero, and zero again afterwards
    float* handOver;       // of parts of k
    ChainStep steps[N];
};

/** Of each team in a kernel for one step: the next one finds room beside it. */
constexpr int slotsAlone = 3;
constexpr int stepsOfAKernel = 112;
static_assert (sizeof (Chain<stepsOfAKernel>) <= 32764);

/** By the whole block: what it wrote is there for all that wait for it. */
__device__ inline void tellAll (unsigned* arrivals)
{
    syncTeams();
    if (threadIdx.x == 0)
        asm volatile("red.release.gpu.global.add.u32 [%0], 1;" ::"l"(arrivals) : "memory");
}

__device__ inline void waitForAll (const unsigned* arrivals, unsigned count)
{
    if (threadIdx.x == 0)
    {
        unsigned seen;
        do
            asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(seen) : "l"(arrivals) : "memory");
        while (seen < count);
    }
    syncTeams();
}

/** The last block to end makes the counter ready for the next kernel. */
__device__ inline void leave (unsigned* arrivals, unsigned count)
{
    syncTeams();
    if (threadIdx.x == 0 && atomicAdd (arrivals, 1u) == count - 1)
        *arrivals = 0;
}

template <GpuElement E, Family F, int N>
__global__ void __launch_bounds__ (threadsOfABlock, 1) chainKernel (const __grid_constant__ Chain<N> chain)
{
    extern __shared__ __align__ (128) unsigned char shared[];
    __shared__ ChainStep steps[2];
    __shared__ RingBarriers barriers[teams];
    const auto take = [&] (int i) {
        constexpr int words = sizeof (ChainStep) / sizeof (unsigned);
        if (i < chain.count && threadIdx.x < words)
            reinterpret_cast<unsigned*> (steps + i % 2)[threadIdx.x] =
                reinterpret_cast<const unsigned*> (chain.steps + i)[threadIdx.x];
    };
    beginTeams();
    take (0);
    if (threadIdx.x < teams)
        barriers[threadIdx.x].init();
    __syncthreads();
    const bool isWorker = threadIdx.x < workers;
    const int ofTeam = isWorker ? team() : (int) (threadIdx.x - workers) / 32;
    Ring ring (barriers + ofTeam, shared + chain.ringOffset + ofTeam * chain.slots * slotBytes, chain.slots);
    if (! isWorker)
    {
        fetchWeights<E> (chain.steps, chain.count, ofTeam, chain.cachedSlots, ring);
        return;
    }
#pragma unroll 1
    for (int i = 0; i < chain.count; ++i)
    {
        const ChainStep& step = steps[i % 2];
        if (i + 1 == chain.count)
            letNextStart();
        requestStep<E, F> (step, shared, i == 0);
        take (i + 1);
        if (i == 0)
            waitForInputs();
        else
            waitForAll (chain.arrivals, (unsigned) i * gridDim.x);

        runStep<E, F> (step, shared, i == 0, ring, chain.handOver);
        if (i + 1 < chain.count)
            tellAll (chain.arrivals);
        else if (chain.count > 1)
            leave (chain.arrivals, (unsigned) chain.count * gridDim.x);
    }
}

/** What a thread gathers. */
struct Gathered
{
    bool isOn = false;
    std::vector<ChainStep> steps;
    std::optional<GpuElement> element; // and family: of the kernel that does all of them
    std::optional<Family> family;
    std::size_t sharedBytes = 0;
    void* stream = nullptr;
};

Gathered& gathered()
{
    thread_local Gathered mine;
    return mine;
}

/** Shared memory that a block of this kernel can have beside what it has by itself. */
template <GpuElement E, Family F, int N>
std::size_t mostSharedBytes()
{
    cudaFuncAttributes found {};
    check (cudaFuncGetAttributes (&found, chainKernel<E, F, N>));
    return (std::size_t) deviceValue (cudaDevAttrMaxSharedMemoryPerBlockOptin) - found.sharedSizeBytes;
}

/** So many that what all teams have there stays there until it is used: fewer where the cache is small. */
int cachedSlots()
{
    constexpr int most = 7;
    static const int fitting = deviceValue (cudaDevAttrL2CacheSize) / 5 * 3 /
                               (deviceValue (cudaDevAttrMultiProcessorCount) * teams * slotBytes);
    return std::min (most, fitting);
}

template <GpuElement E, Family F, int N>
void runSteps (const ChainStep* steps, int count, std::size_t sharedBytes, void* stream)
{
    const bool isOne = count == 1;
    Chain<N> chain;
    chain.count = count;
    const auto [arrivals, handOver] = isOne ? Meeting {} : meeting();
    chain.arrivals = arrivals;
    chain.handOver = handOver;
    chain.ringOffset = (int) ((sharedBytes + 127) / 128 * 128);
    const auto room = (mostSharedBytes<E, F, N>() - (std::size_t) chain.ringOffset) / (teams * slotBytes);
    chain.slots = std::min ((int) room, isOne ? slotsAlone : mostSlots);
    chain.cachedSlots = cachedSlots();
    std::copy_n (steps, count, chain.steps);
    const auto bytes = (std::size_t) (chain.ringOffset + teams * chain.slots * slotBytes);
    const int multiprocessors = deviceValue (cudaDevAttrMultiProcessorCount);
    if (! isOne)
        return launchTogether (chainKernel<E, F, N>, (unsigned) multiprocessors, threadsOfABlock, bytes,
                               stream, chain);
    const int splits = steps->splits, blocks = std::min (multiprocessors, steps->items) / splits * splits;
    launchAlone (chainKernel<E, F, N>, dim3 ((unsigned) std::max (blocks, splits)), threadsOfABlock, bytes,
                 stream, chain);
}

/** Which kernel does this step; none in particular: products. */
std::optional<Family> familyOf (ChainStep::Kind kind)
{
    using Kind = ChainStep::Kind;
    switch (kind)
    {
        case Kind::Attention:
            return Family::LanguageModel;
        case Kind::Mix:
        case Kind::Extend:
            return Family::Codec;
        case Kind::Solver:
            return Family::Head;
        case Kind::Product:
        case Kind::Rows:
            break;
    }
    return {};
}

template <GpuElement E, Family F>
void runSteps (const std::vector<ChainStep>& steps, std::size_t sharedBytes, void* stream)
{
    static const bool able = deviceValue (cudaDevAttrCooperativeLaunch) != 0 &&
                             deviceValue (cudaDevAttrMultiProcessorCount) >= mostSplits;
    if (able && steps.size() > 1)
        return runSteps<E, F, stepsOfAKernel> (steps.data(), (int) steps.size(), sharedBytes, stream);
    for (const auto& step : steps)
        runSteps<E, F, 1> (&step, 1, sharedBytes, stream);
}

template <GpuElement E>
void runSteps (const Gathered& g)
{
    switch (g.family.value_or (Family::Head))
    {
        case Family::LanguageModel:
            return runSteps<E, Family::LanguageModel> (g.steps, g.sharedBytes, g.stream);
        case Family::Codec:
            return runSteps<E, Family::Codec> (g.steps, g.sharedBytes, g.stream);
        case Family::Head:
            return runSteps<E, Family::Head> (g.steps, g.sharedBytes, g.stream);
    }
}

void runSteps (const Gathered& g)
{
    switch (g.element.value_or (GpuElement::BFloat16))
    {
        case GpuElement::Int8:
            return runSteps<GpuElement::Int8> (g);
        case GpuElement::Float8E4M3:
            return runSteps<GpuElement::Float8E4M3> (g);
        default:
            return runSteps<GpuElement::BFloat16> (g);
    }
}
} // namespace

std::size_t mostSharedBytesOfAStep()
{
    constexpr int fewestSlots = 2;
    return mostSharedBytes<GpuElement::BFloat16, Family::LanguageModel, stepsOfAKernel>() -
           fewestSlots * teams * slotBytes;
}

bool isGathering()
{
    return gathered().isOn;
}

void cudaRunChain()
{
    auto& g = gathered();
    if (g.steps.empty())
        return;
    Gathered now;
    now.isOn = g.isOn;
    std::swap (now, g);
    runSteps (now);
}

void issueStep (const ChainStep& step, const GpuElement* element, std::size_t sharedBytes, void* stream)
{
    auto& g = gathered();
    const auto family = familyOf (step.kind);
    const bool isOther = (element != nullptr && g.element && *g.element != *element) ||
                         (family && g.family && *g.family != *family);
    const bool isAlone = ! g.isOn || sharedBytes > mostSharedBytesOfAStep();
    if (isOther || isAlone || g.steps.size() == stepsOfAKernel)
        cudaRunChain();
    if (element != nullptr)
        g.element = *element;
    if (family)
        g.family = family;
    g.steps.push_back (step);
    g.sharedBytes = std::max (g.sharedBytes, sharedBytes);
    g.stream = stream;
    if (isAlone)
        cudaRunChain();
}

void cudaBeginChain()
{
    gathered() = {};
    gathered().isOn = true;
}

void cudaEndChain()
{
    gathered() = {};
}
} // namespace tableread::engine::kernels
