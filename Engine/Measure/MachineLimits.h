// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tableread::engine
{
/** What the processor can do at most, measured: the floor under the time of a part. */
struct MachineLimits
{
    double readBytesPerSecond = 0;   // from memory: a buffer far larger than the caches
    double rereadBytesPerSecond = 0; // over and over the same buffer, which may stay in a cache
    double operationsPerSecond = 0;  // float32, a multiply-add counting two, AVX-512 where there is
};

/** Measures with so many threads, rereading a buffer of `rereadBytes`; takes about a second and 256 MB. */
MachineLimits measureLimits (int threads, std::size_t rereadBytes);
} // namespace tableread::engine
