// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace tableread::engine::kernels
{
/** Below this many multiplications a second thread costs more than it saves. */
inline constexpr std::int64_t serialProducts = 1 << 15;

/** Divides [0, count), if it is more than `grain`, into ranges of half of that or more, and calls body (begin, end) for each,
    on this thread and on others. A free thread takes the next range: on a busy machine the caller runs the ranges that no
    other thread takes, and waits only for those that another thread has begun. Calls from several threads take turns, each
    with all threads; a call from within a body is serial.
    Denormals are flushed to zero on every thread: in silence the codec's activations become denormal, and arithmetic
    on those is ten times as slow. A range's results must not depend on its bounds; a body must not throw.
    Devices: CPU. */
void parallelFor (std::int64_t count, std::int64_t grain,
                  const std::function<void (std::int64_t, std::int64_t)>& body);

/** Sets the number of threads of parallelFor; 0 means all cores, which is also the default. From then on ATen's own
    operations use one thread: large ones go through parallelFor. Must not be called while parallelFor runs. */
void setThreads (int threads);
int threads();

/** In a body: which of the threads this is, from 0 to threads() - 1. */
int threadIndex();
} // namespace tableread::engine::kernels
