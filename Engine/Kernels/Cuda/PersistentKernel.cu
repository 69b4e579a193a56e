// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <vector>

#include "Kernels/Cuda/GridBarrier.h"
#include "Kernels/Cuda/GridWorkspace.h"
#include "Kernels/Cuda/Launch.h"
#include "Kernels/Cuda/RunStep.h"
#include "Kernels/Cuda/WeightPrefetch.h"

namespace tableread::engine::kernels
{
namespace
{
constexpr int workers = warpGroups * threads; // of a block; behind them a prefetch warp for each warp group
constexpr int threadsOfABlock = workers + warpGroups * 32;

/** The kernel's parameter: as many steps as CUDA allows bytes for. */
template <int N>
struct PersistentCall
{
    int count;
    int ringOffset, slots; // of each warp group's ring buffer, in shared memory behind that of the steps
    int cachedSlots;       // that a prefetch warp may have in the L2 cache, beyond the ring buffer
    unsigned* arrivals;    // of the grid barrier: 0 before and after the kernel
    float* splitKBuffer;   // see TileEpilogue
    PersistentStep steps[N];
};

/** Of each warp group in a kernel of one step: it leaves room for the next kernel's blocks. */
constexpr int slotsAlone = 3;
constexpr int stepsOfAKernel = 112;
static_assert (sizeof (PersistentCall<stepsOfAKernel>) <= 32764);

template <GpuElement E, Family F, int N>
__global__ void __launch_bounds__ (threadsOfABlock, 1)
    persistentKernel (const __grid_constant__ PersistentCall<N> call)
{
    extern __shared__ __align__ (128) unsigned char shared[];
    __shared__ PersistentStep steps[2];
    __shared__ RingBarriers barriers[warpGroups];
    const auto take = [&] (int i) {
        constexpr int words = sizeof (PersistentStep) / sizeof (unsigned);
        if (i < call.count && threadIdx.x < words)
            reinterpret_cast<unsigned*> (steps + i % 2)[threadIdx.x] =
                reinterpret_cast<const unsigned*> (call.steps + i)[threadIdx.x];
    };
    initWarpGroups();
    take (0);
    if (threadIdx.x < warpGroups)
        barriers[threadIdx.x].init();
    __syncthreads();
    const bool isWorker = threadIdx.x < workers;
    const int warpGroupIndex = isWorker ? warpGroup() : (int) (threadIdx.x - workers) / 32;
    RingBuffer ring (barriers + warpGroupIndex,
                     shared + call.ringOffset + warpGroupIndex * call.slots * slotBytes, call.slots);
    if (! isWorker)
    {
        prefetchWeights (PrefetchCursor<E> (call.steps, call.count, warpGroupIndex), call.cachedSlots, ring);
        return;
    }
#pragma unroll 1
    for (int i = 0; i < call.count; ++i)
    {
        const PersistentStep& step = steps[i % 2];
        if (i + 1 == call.count)
            launchDependents();
        prefetchStep<E, F> (step, shared, i == 0);
        take (i + 1);
        if (i == 0)
            waitForDependencies();
        else
            waitAtGridBarrier (call.arrivals, (unsigned) i * gridDim.x);

        runStep<E, F> (step, { shared, ring, call.splitKBuffer }, i == 0);
        if (i + 1 < call.count)
            arriveAtGridBarrier (call.arrivals);
        else if (call.count > 1)
            leaveGridBarrier (call.arrivals, (unsigned) call.count * gridDim.x);
    }
}

/** The steps that a thread has recorded and not yet launched. */
struct Recording
{
    bool isOn = false;
    std::vector<PersistentStep> steps;
    std::optional<GpuElement> element; // and family: of the kernel that runs all of them
    std::optional<Family> family;
    std::size_t sharedBytes = 0;
    void* stream = nullptr;
};

Recording& recording()
{
    thread_local Recording mine;
    return mine;
}

/** Dynamic shared memory that a block of this kernel can have. */
template <GpuElement E, Family F, int N>
std::size_t mostSharedBytes()
{
    cudaFuncAttributes found {};
    check (cudaFuncGetAttributes (&found, persistentKernel<E, F, N>));
    return (std::size_t) deviceValue<cudaDevAttrMaxSharedMemoryPerBlockOptin>() - found.sharedSizeBytes;
}

/** As many as stay in the L2 cache until they are used: fewer if the cache is small. */
int cachedSlots()
{
    constexpr int most = 7;
    const int fitting = deviceValue<cudaDevAttrL2CacheSize>() / 5 * 3 /
                        (deviceValue<cudaDevAttrMultiProcessorCount>() * warpGroups * slotBytes);
    return std::min (most, fitting);
}

template <GpuElement E, Family F, int N>
void runSteps (const PersistentStep* steps, int count, std::size_t sharedBytes, void* stream)
{
    const bool isOne = count == 1;
    PersistentCall<N> call;
    call.count = count;
    const auto [arrivals, splitKBuffer] = isOne ? GridWorkspace {} : gridWorkspace();
    call.arrivals = arrivals;
    call.splitKBuffer = splitKBuffer;
    call.ringOffset = (int) ((sharedBytes + 127) / 128 * 128);
    const auto room = (mostSharedBytes<E, F, N>() - (std::size_t) call.ringOffset) / (warpGroups * slotBytes);
    call.slots = std::min ((int) room, isOne ? slotsAlone : mostSlots);
    call.cachedSlots = cachedSlots();
    std::copy_n (steps, count, call.steps);
    const auto bytes = (std::size_t) (call.ringOffset + warpGroups * call.slots * slotBytes);
    const int multiprocessors = deviceValue<cudaDevAttrMultiProcessorCount>();
    if (! isOne)
        return launchCooperative (persistentKernel<E, F, N>,
                                  { .grid = dim3 ((unsigned) multiprocessors),
                                    .threads = threadsOfABlock,
                                    .sharedBytes = bytes,
                                    .stream = stream },
                                  call);
    const int splits = steps->splitK.splits,
              blocks = std::min (multiprocessors, steps->items) / splits * splits;
    launchProgrammatic (persistentKernel<E, F, N>,
                        { .grid = dim3 ((unsigned) std::max (blocks, splits)),
                          .threads = threadsOfABlock,
                          .sharedBytes = bytes,
                          .stream = stream },
                        call);
}

/** The family whose kernel has this step; none: all of them have it. */
std::optional<Family> familyOf (PersistentStep::Kind kind)
{
    using Kind = PersistentStep::Kind;
    switch (kind)
    {
        case Kind::Attention:
            return Family::LanguageModel;
        case Kind::Mix:
        case Kind::Extend:
            return Family::Codec;
        case Kind::Solver:
            return Family::Head;
        case Kind::Gemv:
        case Kind::Prologue:
            break;
    }
    return {};
}

template <GpuElement E, Family F>
void runSteps (const std::vector<PersistentStep>& steps, std::size_t sharedBytes, void* stream)
{
    const bool able = deviceValue<cudaDevAttrCooperativeLaunch>() != 0 &&
                      deviceValue<cudaDevAttrMultiProcessorCount>() >= mostSplits;
    if (able && steps.size() > 1)
        return runSteps<E, F, stepsOfAKernel> (steps.data(), (int) steps.size(), sharedBytes, stream);
    for (const auto& step : steps)
        runSteps<E, F, 1> (&step, 1, sharedBytes, stream);
}

template <GpuElement E>
void runSteps (const Recording& recorded)
{
    switch (recorded.family.value_or (Family::Head))
    {
        case Family::LanguageModel:
            return runSteps<E, Family::LanguageModel> (recorded.steps, recorded.sharedBytes, recorded.stream);
        case Family::Codec:
            return runSteps<E, Family::Codec> (recorded.steps, recorded.sharedBytes, recorded.stream);
        case Family::Head:
            return runSteps<E, Family::Head> (recorded.steps, recorded.sharedBytes, recorded.stream);
    }
}

void runSteps (const Recording& recorded)
{
    switch (recorded.element.value_or (GpuElement::BFloat16))
    {
        case GpuElement::Int8:
            return runSteps<GpuElement::Int8> (recorded);
        case GpuElement::Float8E4M3:
            return runSteps<GpuElement::Float8E4M3> (recorded);
        default:
            return runSteps<GpuElement::BFloat16> (recorded);
    }
}
} // namespace

std::size_t mostSharedBytesOfAStep()
{
    constexpr int fewestSlots = 2;
    return mostSharedBytes<GpuElement::BFloat16, Family::LanguageModel, stepsOfAKernel>() -
           fewestSlots * warpGroups * slotBytes;
}

bool isRecording()
{
    return recording().isOn;
}

void cudaFlushPersistentKernel()
{
    auto& recorded = recording();
    if (recorded.steps.empty())
        return;
    Recording now;
    now.isOn = recorded.isOn;
    std::swap (now, recorded);
    runSteps (now);
}

void issueStep (const PersistentStep& step, const GpuElement* element, std::size_t sharedBytes, void* stream)
{
    auto& recorded = recording();
    const auto family = familyOf (step.kind);
    const bool isOther = (element != nullptr && recorded.element && *recorded.element != *element) ||
                         (family && recorded.family && *recorded.family != *family);
    const bool isAlone = ! recorded.isOn || sharedBytes > mostSharedBytesOfAStep();
    if (isOther || isAlone || recorded.steps.size() == stepsOfAKernel)
        cudaFlushPersistentKernel();
    if (element != nullptr)
        recorded.element = *element;
    if (family)
        recorded.family = family;
    recorded.steps.push_back (step);
    recorded.sharedBytes = std::max (recorded.sharedBytes, sharedBytes);
    recorded.stream = stream;
    if (isAlone)
        cudaFlushPersistentKernel();
}

void cudaBeginPersistentKernel()
{
    recording() = {};
    recording().isOn = true;
}

void cudaEndPersistentKernel()
{
    recording() = {};
}
} // namespace tableread::engine::kernels
