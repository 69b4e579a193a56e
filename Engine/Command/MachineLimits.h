// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tableread::engine
{
/** What the processor can do at most, measured: the floor under the time of a part. */
struct MachineLimits
{
    double readBytesPerSecond = 0;  // from memory, a buffer far larger than the caches
    double operationsPerSecond = 0; // float32, a multiply-add counting two, AVX2
};

/** Measures with so many threads; takes about half a second and 256 MB. */
MachineLimits measureLimits (int threads);
} // namespace tableread::engine
