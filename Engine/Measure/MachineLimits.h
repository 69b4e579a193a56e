// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace tableread::engine
{
/** The measured limits of the processor, which give the least time of a part. */
struct MachineLimits
{
    double readBytesPerSecond = 0;   // from memory: a buffer far larger than the caches
    double rereadBytesPerSecond = 0; // the same buffer again and again, which may stay in a cache
    double operationsPerSecond = 0;  // float32, a multiply-add counts as two; with AVX-512 if available
};

/** Measures with this many threads, rereading a buffer of `rereadBytes`; takes about a second and 256 MB. */
MachineLimits measureLimits (int threads, std::size_t rereadBytes);
} // namespace tableread::engine
