// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tableread::engine
{
/** Whether a loaded model notes where its time goes: see Profiler. */
enum class Profiling
{
    Off,
    On
};

/** What does its work in order, at the same time as the others. */
enum class ProfileTrack
{
    Host,
    Compute, // the GPU's queue of kernels
    Copy     // and of copies to it
};

/** A stretch of time, and what went on in it. */
struct ProfileSpan
{
    enum class Kind
    {
        Step,     // host: a frame, all in all
        Part,     // host: at work on a part, or waiting for the GPU to do it
        HostWait, // host: for the GPU
        TrimWait, // host: before a trim, for what is under way
        Trim,     // host
        Queue,    // compute: a part, from its first work to its last
        Work,     // compute: kernels
        CopyWait, // compute: nothing to do until a layer is there
        Copy      // copy: a layer
    };

    Kind kind = Kind::Step;
    int part = 0;                                 // a number that means something to its maker only; 0: none
    std::int64_t firstLayer = -1, lastLayer = -1; // -1: none
    std::int64_t bytes = 0;                       // of a copy
    std::int64_t frame = -1;                      // in which it ended; -1: before the first
    double beginMs = 0, endMs = 0;

    double ms() const { return endMs - beginMs; }
};

ProfileTrack trackOf (ProfileSpan::Kind kind);
} // namespace tableread::engine
