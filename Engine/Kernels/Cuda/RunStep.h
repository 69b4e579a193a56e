// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Attention.h"
#include "Kernels/Cuda/Columns.h"
#include "Kernels/Cuda/Gemm/Gemv.h"
#include "Kernels/Cuda/PersistentStep.h"
#include "Kernels/Cuda/Solver.h"

// What the warp groups of a persistent kernel do in each step. Included by .cu files only.
namespace tableread::engine::kernels
{
namespace
{
/** What a persistent kernel has beside GEMVs. Code that it does not need would cost registers and instruction fetches. */
enum class Family
{
    LanguageModel, // attention
    Head,          // solver
    Codec          // mix, extend
};

using StepAttention = SplitAttention<__nv_bfloat16, uint4, true>;

__device__ inline StepAttention attentionOf (const PersistentStep& step, int item, unsigned char* shared)
{
    const auto& a = step.as<AttentionCall>();
    const int heads = item / a.splits;
    return { a,
             { heads / a.kvHeads, heads % a.kvHeads, item % a.splits },
             shared + warpGroup() * a.bytesOfAWarpGroup };
}

/** A warp group's first item; the next ones follow warpGroupsOfGrid() apart. The last blocks get the first items, since the
    first blocks get the first tiles of the GEMV that follows. */
__device__ inline int firstItem()
{
    return (int) (gridDim.x - 1 - blockIdx.x) + warpGroup() * (int) gridDim.x;
}

__device__ inline int warpGroupsOfGrid()
{
    return warpGroups * (int) gridDim.x;
}

/** The prologue of a GEMV as a step of its own, one row a block. */
__device__ inline void prologueStep (const PersistentStep& step, unsigned char* shared)
{
    const auto& a = step.as<GpuLinear>();
    const int pitch = prologuePitch (a);
    for (int row = (int) (gridDim.x - 1 - blockIdx.x); row < step.items; row += gridDim.x)
    {
        const PrologueStage stage (a, reinterpret_cast<float*> (shared));
        prefetchNorm (a, stage);
        applyPrologue (a, stage, { row, 1, false }, scratchRow (a, row, pitch));
        syncWarpGroups();
    }
}

__device__ inline ColumnMix mixOf (const PersistentStep& step, int item, unsigned char* shared)
{
    return { step.as<GpuCodecBlock>(), item, shared + warpGroup() * ColumnMix::sharedBytes };
}

/** Runs a warp group's items of a step. The first one is prefetched already. */
template <typename ItemOf>
__device__ inline void runItems (const PersistentStep& step, unsigned char* shared, ItemOf itemOf)
{
    for (int item = firstItem(); item < step.items; item += warpGroupsOfGrid())
    {
        const auto its = itemOf (step, item, shared);
        if (item != firstItem())
            its.prefetch();
        its.run();
        syncWarpGroup();
    }
}

__device__ inline void extendStep (const PersistentStep& step)
{
    const auto& a = step.as<GpuExtend>();
    const int items = step.items / (int) a.streams;
    for (int item = firstItem(); item < step.items; item += warpGroupsOfGrid())
    {
        const int i = item % items * threads + threadOfWarpGroup();
        if (a.rounded)
            extendValue<__nv_bfloat16> (a, item / items, i);
        else
            extendValue<float> (a, item / items, i);
    }
}

template <GpuElement E>
__device__ inline Gemv<E> gemvOf (const PersistentStep& step, unsigned char* shared)
{
    return { step.as<GpuLinear>(), step.splitK, shared };
}

/** Starts the loads that do not depend on earlier steps; before the grid barrier. */
template <GpuElement E, Family F>
__device__ inline void prefetchStep (const PersistentStep& step, unsigned char* shared, bool isFirst)
{
    using Kind = PersistentStep::Kind;
    if (step.kind == Kind::Gemv)
        gemvOf<E> (step, shared).prefetch (! isFirst);
    if (firstItem() >= step.items)
        return;
    if constexpr (F == Family::LanguageModel)
        if (step.kind == Kind::Attention)
            attentionOf (step, firstItem(), shared).prefetch();
    if constexpr (F == Family::Codec)
        if (step.kind == Kind::Mix)
            mixOf (step, firstItem(), shared).prefetch();
}

/** What a warp group uses in all steps. */
struct StepMemory
{
    unsigned char* shared; // of the block
    RingBuffer& ring;
    float* splitKBuffer; // see TileEpilogue
};

template <GpuElement E, Family F>
__device__ inline void runStep (const PersistentStep& step, const StepMemory& memory, bool isFirst)
{
    using Kind = PersistentStep::Kind;
    if (step.kind == Kind::Gemv)
        gemvOf<E> (step, memory.shared).run (! isFirst, memory.ring, memory.splitKBuffer);
    else if (step.kind == Kind::Prologue)
        prologueStep (step, memory.shared);
    else if constexpr (F == Family::LanguageModel)
        runItems (step, memory.shared, attentionOf);
    else if constexpr (F == Family::Codec)
        step.kind == Kind::Mix ? runItems (step, memory.shared, mixOf) : extendStep (step);
    else if (firstItem() < step.items)
        solve (step.as<GpuSolverStep>(), firstItem());
}
} // namespace
} // namespace tableread::engine::kernels
