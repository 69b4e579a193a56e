// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Attention.h"
#include "Kernels/Cuda/Chain.h"
#include "Kernels/Cuda/Columns.h"
#include "Kernels/Cuda/FewRows.h"
#include "Kernels/Cuda/Solver.h"

// What the blocks of a chain do in each step. Included by .cu files only.
namespace tableread::engine::kernels
{
namespace
{
/** What a kernel can do beside products: code that it does not need would cost registers and instructions. */
enum class Family
{
    LanguageModel, // attention
    Head,          // solver
    Codec          // mix, extend
};

using ChainAttention = AttentionPart<__nv_bfloat16, uint4, true>;

__device__ inline ChainAttention partOf (const ChainStep& step, int item, unsigned char* shared)
{
    const auto& a = step.as<AttentionCall>();
    const int heads = item / a.splits;
    return { a, heads / a.kvHeads, heads % a.kvHeads, item % a.splits, shared + team() * a.bytesOfATeam };
}

/** A team's first item, and how many teams there are. Items go to the last blocks first: the others' teams have the first
    tiles of the product behind. */
__device__ inline int firstItem()
{
    return (int) (gridDim.x - 1 - blockIdx.x) + team() * (int) gridDim.x;
}

__device__ inline int allTeams()
{
    return teams * (int) gridDim.x;
}

/** Rows of a product, a block a row. */
__device__ inline void prepareStep (const ChainStep& step, unsigned char* shared)
{
    const auto& a = step.as<GpuLinear>();
    const int pitch = preparedPitch (a);
    for (int row = (int) (gridDim.x - 1 - blockIdx.x); row < step.items; row += gridDim.x)
    {
        const RowStage stage (a, reinterpret_cast<float*> (shared));
        requestNorm (a, stage);
        prepareRows (a, stage, { row, 1, false }, 0, pitch,
                     static_cast<__nv_bfloat16*> (a.scratch) + (std::int64_t) row * pitch, pitch);
        syncTeams();
    }
}

__device__ inline ColumnMix mixOf (const ChainStep& step, int item, unsigned char* shared)
{
    return { step.as<GpuCodecBlock>(), item, shared + team() * ColumnMix::sharedBytes };
}

/** A team's items of a step, of which the first is requested already. */
template <typename ItemOf>
__device__ inline void runItems (const ChainStep& step, unsigned char* shared, ItemOf itemOf)
{
    for (int item = firstItem(); item < step.items; item += allTeams())
    {
        const auto its = itemOf (step, item, shared);
        if (item != firstItem())
            its.request();
        its.run();
        syncTeam();
    }
}

__device__ inline void extendStep (const ChainStep& step)
{
    const auto& a = step.as<GpuExtend>();
    const int items = step.items / (int) a.streams;
    for (int item = firstItem(); item < step.items; item += allTeams())
    {
        const int i = item % items * threads + threadOfTeam();
        if (a.rounded)
            extendValue<__nv_bfloat16> (a, item / items, i);
        else
            extendValue<float> (a, item / items, i);
    }
}

/** What can come before the steps before are done. */
template <GpuElement E, Family F>
__device__ inline void requestStep (const ChainStep& step, unsigned char* shared, bool isFirst)
{
    using Kind = ChainStep::Kind;
    if (step.kind == Kind::Product)
        FewRows<E>::request (step.as<GpuLinear>(), step.stepsOfASplit, step.splits, shared, ! isFirst);
    if (firstItem() >= step.items)
        return;
    if constexpr (F == Family::LanguageModel)
        if (step.kind == Kind::Attention)
            partOf (step, firstItem(), shared).request();
    if constexpr (F == Family::Codec)
        if (step.kind == Kind::Mix)
            mixOf (step, firstItem(), shared).request();
}

template <GpuElement E, Family F>
__device__ inline void runStep (const ChainStep& step, unsigned char* shared, bool isFirst, Ring& ring,
                                float* handOver)
{
    using Kind = ChainStep::Kind;
    if (step.kind == Kind::Product)
        FewRows<E>::run (step.as<GpuLinear>(), step.stepsOfASplit, step.splits, shared, ! isFirst, ring,
                         handOver);
    else if (step.kind == Kind::Rows)
        prepareStep (step, shared);
    else if constexpr (F == Family::LanguageModel)
        runItems (step, shared, partOf);
    else if constexpr (F == Family::Codec)
        step.kind == Kind::Mix ? runItems (step, shared, mixOf) : extendStep (step);
    else if (firstItem() < step.items)
        solve (step.as<SolverCall>(), firstItem());
}
} // namespace
} // namespace tableread::engine::kernels
