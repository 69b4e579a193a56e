// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Parallel.h"

#include <ATen/Parallel.h>
#include <atomic>
#include <catch2/catch.hpp>
#include <limits>
#include <set>
#include <vector>

using namespace tableread::engine;

TEST_CASE ("parallelFor covers every index once and flushes denormals on each of its threads",
           "[engine][kernels]")
{
    kernels::setThreads (2);
    std::vector<std::atomic<int>> visits (1000);
    std::vector<float> products (1000, -1.0f);
    std::vector<int> threads (1000, -1);
    volatile float denormal = std::numeric_limits<float>::min();
    kernels::parallelFor (1000, 1, [&] (std::int64_t begin, std::int64_t end) {
        for (auto i = begin; i < end; ++i)
        {
            ++visits[(std::size_t) i];
            products[(std::size_t) i] = denormal * 0.5f;
            threads[(std::size_t) i] = at::get_thread_num();
        }
    });
    int wrong = 0;
    for (std::size_t i = 0; i < visits.size(); ++i)
        wrong += visits[i] != 1 || products[i] != 0.0f;
    CHECK (wrong == 0);
    CHECK (std::set<int> (threads.begin(), threads.end()).size() == 2);
}
