// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tableread::engine
{
/** Whether a loaded model records where its time goes: see Profiler. */
enum class Profiling
{
    Off,
    On
};

/** A track runs its work in order, concurrently with the others. */
enum class ProfileTrack
{
    Host,
    Compute, // the GPU's queue of kernels
    Copy     // the GPU's queue of copies to it
};

/** A span of time, and what happened in it. */
struct ProfileSpan
{
    enum class Kind
    {
        Step,      // host: a whole frame
        Part,      // host: working on a part, or waiting for the GPU to do it
        Attention, // host: of a layer within a part, on a CPU
        Products, // host: a layer's matrix products, with the norms, activations and additions that belong to them
        HostWait, // host: for the GPU
        TrimWait, // host: before a trim, for pending work
        Trim,     // host
        Queue,    // compute: a part, from its first work to its last
        Work,     // compute: kernels
        CopyWait, // compute: waiting for a layer's copy
        Copy      // copy: a layer
    };

    Kind kind = Kind::Step;
    int part = 0;                                 // a number defined by the code that recorded it; 0: none
    std::int64_t firstLayer = -1, lastLayer = -1; // -1: none
    std::int64_t bytes = 0;                       // of a copy
    std::int64_t multiplyAdds = 0;                // of attention or products
    std::int64_t frame = -1;                      // the frame in which it ended; -1: before the first
    double beginMs = 0, endMs = 0;

    double ms() const { return endMs - beginMs; }
};

ProfileTrack trackOf (ProfileSpan::Kind kind);
} // namespace tableread::engine
