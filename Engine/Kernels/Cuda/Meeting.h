// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <vector>

#include "Kernels/Cuda/Chain.h"
#include "Kernels/Cuda/TileEnd.h"

namespace tableread::engine::kernels
{
namespace
{
constexpr std::int64_t handOverFloats = mostPartsOfAStep * TileEnd<1>::rowsOfAll * tileOutputs;

/** Device memory through which the blocks of a kernel meet. */
struct Meeting
{
    unsigned* arrivals = nullptr;
    float* handOver = nullptr;
};

/** Kernels of a thread follow each other, so each thread has its own; what a thread leaves is the next one's. */
class Meetings
{
public:
    Meeting take()
    {
        const std::lock_guard lock (mutex);
        if (left.empty())
            return make();
        const auto one = left.back();
        left.pop_back();
        return one;
    }

    void giveBack (const Meeting& one)
    {
        const std::lock_guard lock (mutex);
        left.push_back (one);
    }

private:
    static Meeting make()
    {
        Meeting made;
        check (cudaMalloc (reinterpret_cast<void**> (&made.arrivals), sizeof (unsigned)));
        check (cudaMalloc (reinterpret_cast<void**> (&made.handOver), handOverFloats * sizeof (float)));
        check (cudaMemset (made.arrivals, 0, sizeof (unsigned)));
        check (cudaMemset (made.handOver, 0xff, handOverFloats * sizeof (float)));
        check (cudaDeviceSynchronize());
        return made;
    }

    std::mutex mutex;
    std::vector<Meeting> left;
};

const Meeting& meeting()
{
    static auto& all = *new Meetings; // outlives every thread
    struct Mine
    {
        Meeting its = all.take();
        ~Mine() { all.giveBack (its); }
    };
    thread_local const Mine mine;
    return mine.its;
}
} // namespace
} // namespace tableread::engine::kernels
