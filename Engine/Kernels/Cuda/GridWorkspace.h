// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <mutex>
#include <vector>

#include "Kernels/Cuda/Gemm/TileEpilogue.h"
#include "Kernels/Cuda/Launch.h"
#include "Kernels/Cuda/PersistentStep.h"

namespace tableread::engine::kernels
{
namespace
{
constexpr std::int64_t splitKBufferFloats = mostPartialTiles * TileEpilogue<1>::rowsOfAll * tileOutputs;

/** Device memory that the blocks of a persistent kernel share: the grid barrier's counter, and the split-K partial sums. */
struct GridWorkspace
{
    unsigned* arrivals = nullptr;
    float* splitKBuffer = nullptr;
};

/** Of one GPU. Each thread has a workspace of its own, since its kernels run one after another. When a thread ends, the next one
    takes over its workspace. */
class GridWorkspaces
{
public:
    GridWorkspace take()
    {
        const std::lock_guard lock (mutex);
        if (left.empty())
            return make();
        const auto one = left.back();
        left.pop_back();
        return one;
    }

    void giveBack (const GridWorkspace& one)
    {
        const std::lock_guard lock (mutex);
        left.push_back (one);
    }

private:
    static GridWorkspace make()
    {
        GridWorkspace made;
        check (cudaMalloc (reinterpret_cast<void**> (&made.arrivals), sizeof (unsigned)));
        check (
            cudaMalloc (reinterpret_cast<void**> (&made.splitKBuffer), splitKBufferFloats * sizeof (float)));
        check (cudaMemset (made.arrivals, 0, sizeof (unsigned)));
        check (cudaMemset (made.splitKBuffer, 0xff, splitKBufferFloats * sizeof (float)));
        check (cudaDeviceSynchronize());
        return made;
    }

    std::mutex mutex;
    std::vector<GridWorkspace> left;
};

/** On the current GPU. */
const GridWorkspace& gridWorkspace()
{
    static auto& all = *new std::array<GridWorkspaces, gpuIndices>; // outlives every thread
    struct Mine
    {
        std::array<GridWorkspace, gpuIndices> its {};
        ~Mine()
        {
            for (std::size_t i = 0; i < its.size(); ++i)
                if (its[i].arrivals != nullptr)
                    all[i].giveBack (its[i]);
        }
    };
    thread_local Mine mine;
    const auto device = (std::size_t) currentDevice();
    auto& own = mine.its[device];
    if (own.arrivals == nullptr)
        own = all[device].take();
    return own;
}
} // namespace
} // namespace tableread::engine::kernels
