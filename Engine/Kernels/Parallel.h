// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace tableread::engine::kernels
{
/** Cuts [0, count), if it is more than `grain`, into ranges of half of that or more, and calls body (begin, end) for
    each, on this thread and on others. Who is free takes the next range: on a busy machine the caller does alone what
    nobody helps with, and waits only for a range that another thread has begun. Calls from several threads take turns,
    each with all threads; a call from a body is serial.
    Denormals are flushed to zero on every thread: in silence the codec's activations become denormal, and arithmetic
    on those is ten times as slow. What a range computes must not depend on where it was cut; a body must not throw. */
void parallelFor (std::int64_t count, std::int64_t grain,
                  const std::function<void (std::int64_t, std::int64_t)>& body);

/** How many threads parallelFor uses; 0 means all cores, which is what holds before the first call. ATen's own
    operations use one from then on: what is large goes through parallelFor. Not while parallelFor runs. */
void setThreads (int threads);
int threads();

/** In a body: which of the threads this is, from 0 to threads() - 1. */
int threadIndex();
} // namespace tableread::engine::kernels
