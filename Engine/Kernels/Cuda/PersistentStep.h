// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>

#include "Kernels/Cuda/Parts.h"

// A persistent kernel runs many steps, with a grid barrier between them. Compared with one kernel a step, instructions are fetched
// once, and memory stays busy: dedicated warps prefetch the weights of later steps.
namespace tableread::engine::kernels
{
/** How the sums over k of a product are divided: each split has up to so many steps of `stepDepth` inputs. */
struct SplitK
{
    int splits, stepsOfASplit;
};

/** Work that any number of warp groups can share. */
struct PersistentStep
{
    enum class Kind : int
    {
        Gemv,      // GpuLinear of up to mostGemvRows rows
        Prologue,  // GpuLinear: its rows in bf16 to global memory, where they do not fit shared memory
        Attention, // AttentionCall
        Solver,    // GpuSolverStep
        Mix,       // GpuCodecBlock up to its matrix products, of up to eight columns
        Extend     // GpuExtend
    };

    Kind kind;
    int items; // for warp groups
    SplitK splitK;
    alignas (8) unsigned char call[sizeof (GpuLinear)];

    template <typename Call>
    static PersistentStep of (Kind kind, const Call& call, std::int64_t items, SplitK splitK = { 1, 0 })
    {
        static_assert (sizeof (Call) <= sizeof (GpuLinear));
        PersistentStep step;
        step.kind = kind;
        step.items = (int) items;
        step.splitK = splitK;
        std::memcpy (step.call, &call, sizeof (Call));
        return step;
    }

    template <typename Call>
    __host__ __device__ const Call& as() const
    {
        return *reinterpret_cast<const Call*> (call);
    }
};

constexpr int mostGemvRows = 8;
constexpr std::int64_t mostPartialTiles = 1 << 13; // tiles times splits that the split-K buffer has room for
constexpr int mostSplits = 16;                     // of split-K in a step: no more than there are blocks

/** Shared memory that a step may take: the rest is for the ring buffers. */
std::size_t mostSharedBytesOfAStep();

/** Whether this thread is between cudaBeginPersistentKernel() and cudaEndPersistentKernel(): what can be a step then becomes
    one. */
bool isRecording();

/** Records a step, or launches it at once if this thread does not record. element: of its weights; null without weights. */
void issueStep (const PersistentStep& step, const GpuElement* element, std::size_t sharedBytes, void* stream);
} // namespace tableread::engine::kernels
