// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>

#include "Kernels/Cuda/Parts.h"

// Chains: what one kernel does step by step, its blocks waiting for each other in between. Compared with a kernel for each
// step, code is fetched once, and memory goes on: warps of their own fetch the weights of later steps meanwhile.
namespace tableread::engine::kernels
{
/** Something that any number of teams can do together. */
struct ChainStep
{
    enum class Kind : int
    {
        Product,   // GpuLinear, of up to mostRowsOfAChain rows
        Rows,      // GpuLinear: its rows as a product takes them, where they do not fit a block's memory
        Attention, // AttentionCall
        Solver,    // SolverCall
        Mix,       // GpuCodecBlock up to its products, of up to eight columns
        Extend     // GpuExtend
    };

    Kind kind;
    int items;                 // for teams
    int splits, stepsOfASplit; // of a product's k
    alignas (8) unsigned char call[sizeof (GpuLinear)];

    template <typename Call>
    static ChainStep of (Kind kind, const Call& call, std::int64_t items, int splits = 1,
                         int stepsOfASplit = 0)
    {
        static_assert (sizeof (Call) <= sizeof (GpuLinear));
        ChainStep step;
        step.kind = kind;
        step.items = (int) items;
        step.splits = splits;
        step.stepsOfASplit = stepsOfASplit;
        std::memcpy (step.call, &call, sizeof (Call));
        return step;
    }

    template <typename Call>
    __host__ __device__ const Call& as() const
    {
        return *reinterpret_cast<const Call*> (call);
    }
};

constexpr int mostRowsOfAChain = 8;
constexpr std::int64_t mostPartsOfAStep = 1 << 13; // tiles times splits: what blocks hand over has its place
constexpr int mostSplits = 16;                     // of a step: no more than there are blocks

/** Shared memory that a step may take, so that there is room for weights on their way. */
std::size_t mostSharedBytesOfAStep();

/** Whether this thread gathers steps: then what can be one is issued as one. */
bool isGathering();

/** A step with so much shared memory: added to what is gathered, or else run at once. element: of its weights, if it has
    any. */
void issueStep (const ChainStep& step, const GpuElement* element, std::size_t sharedBytes, void* stream);
} // namespace tableread::engine::kernels
