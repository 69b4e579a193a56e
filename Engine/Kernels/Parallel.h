// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace tableread::engine::kernels
{
/** Cuts [0, count) into one range a thread, if each gets `grain` or more, and calls body (begin, end) for each.
    Denormals are flushed to zero on every thread: in silence the codec's activations become denormal, and arithmetic
    on those is ten times as slow. What a range computes must not depend on where it was cut. */
void parallelFor (std::int64_t count, std::int64_t grain,
                  const std::function<void (std::int64_t, std::int64_t)>& body);

/** How many threads parallelFor uses on the calling thread; 0 means all cores. */
void setThreads (int threads);
} // namespace tableread::engine::kernels
