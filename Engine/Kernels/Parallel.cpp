// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Parallel.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <thread>

namespace tableread::engine::kernels
{
void parallelFor (std::int64_t count, std::int64_t grain,
                  const std::function<void (std::int64_t, std::int64_t)>& body)
{
    if (count <= grain || at::get_num_threads() == 1)
    {
        at::globalContext().setFlushDenormal (true);
        body (0, count);
        return;
    }
    at::parallel_for (0, count, grain, [&] (std::int64_t begin, std::int64_t end) {
        at::globalContext().setFlushDenormal (true);
        body (begin, end);
    });
}

void setThreads (int threads)
{
    at::set_num_threads (threads > 0 ? threads : (int) std::thread::hardware_concurrency());
}
} // namespace tableread::engine::kernels
