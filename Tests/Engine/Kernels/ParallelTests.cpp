// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Parallel.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <limits>
#include <set>
#include <thread>
#include <vector>

using namespace tableread::engine;

TEST_CASE ("parallelFor covers every index once and flushes denormals on each of its threads",
           "[engine][kernels]")
{
    kernels::setThreads (2);
    CHECK (kernels::threads() == 2);
    std::vector<std::atomic<int>> visits (1000);
    std::vector<float> products (1000, -1.0f);
    std::vector<int> threads (1000, -1);
    std::atomic<bool> begun[2] {};
    volatile float denormal = std::numeric_limits<float>::min();
    kernels::parallelFor (1000, 1, [&] (std::int64_t begin, std::int64_t end) {
        begun[kernels::threadIndex()] = true;
        while (! begun[0] || ! begun[1]) // neither may be so quick that the other finds nothing to do
            std::this_thread::yield();
        for (auto i = begin; i < end; ++i)
        {
            ++visits[(std::size_t) i];
            products[(std::size_t) i] = denormal * 0.5f;
            threads[(std::size_t) i] = kernels::threadIndex();
        }
    });
    int wrong = 0;
    for (std::size_t i = 0; i < visits.size(); ++i)
        wrong += visits[i] != 1 || products[i] != 0.0f;
    CHECK (wrong == 0);
    CHECK (std::set<int> (threads.begin(), threads.end()) == std::set<int> { 0, 1 });
}

TEST_CASE ("parallelFor covers every index once, whatever the count, the grain and the threads",
           "[engine][kernels]")
{
    kernels::setThreads (GENERATE (1, 2, 3, 7));
    const std::int64_t grain = GENERATE (0, 1, 3, 64);
    int wrong = 0, small = 0;
    for (std::int64_t count = 0; count < 300; ++count)
    {
        std::vector<std::atomic<int>> visits ((std::size_t) count);
        std::atomic<int> shortRanges { 0 };
        kernels::parallelFor (count, grain, [&] (std::int64_t begin, std::int64_t end) {
            shortRanges += 2 * (end - begin) < grain && end != count;
            for (auto i = begin; i < end; ++i)
                ++visits[(std::size_t) i];
        });
        for (const auto& visit : visits)
            wrong += visit != 1;
        small += shortRanges;
    }
    kernels::setThreads (2);
    CHECK (wrong == 0);
    CHECK (small == 0);
}

TEST_CASE ("A caller does alone the work that no thread helps with", "[engine][kernels]")
{
    constexpr std::int64_t count = 64;
    kernels::setThreads (2);
    std::atomic<std::int64_t> done { 0 };
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds (60);
    kernels::parallelFor (count, 1, [&] (std::int64_t from, std::int64_t to) {
        if (kernels::threadIndex() == 1) // as if another program had its core until everything else is done
            while (done + to - from < count && std::chrono::steady_clock::now() < end)
                std::this_thread::yield();
        done += to - from;
    });
    CHECK (done == count);
    CHECK (std::chrono::steady_clock::now() < end);
}

TEST_CASE ("Callers on several threads take turns, each with all threads", "[engine][kernels]")
{
    kernels::setThreads (2);
    std::atomic<int> alone { 0 };
    const auto caller = [&alone] {
        for (int round = 0; round < 200 && alone == 0; ++round)
        {
            std::atomic<bool> begun[2] {};
            const auto end = std::chrono::steady_clock::now() + std::chrono::seconds (20);
            kernels::parallelFor (2, 1, [&] (std::int64_t, std::int64_t) {
                begun[kernels::threadIndex()] = true;
                while ((! begun[0] || ! begun[1]) && std::chrono::steady_clock::now() < end)
                    std::this_thread::yield();
            });
            alone += ! begun[0] || ! begun[1];
        }
    };
    std::thread second (caller), third (caller);
    caller();
    second.join();
    third.join();
    CHECK (alone == 0);
}

TEST_CASE ("parallelFor within parallelFor is serial, and whole from several threads", "[engine][kernels]")
{
    kernels::setThreads (2);
    std::atomic<std::int64_t> sum { 0 };
    const auto nested = [&sum] {
        for (int round = 0; round < 200; ++round)
            kernels::parallelFor (50, 1, [&] (std::int64_t begin, std::int64_t end) {
                for (auto i = begin; i < end; ++i)
                    kernels::parallelFor (10, 1,
                                          [&] (std::int64_t from, std::int64_t to) { sum += to - from; });
            });
    };
    std::thread other (nested);
    nested();
    other.join();
    CHECK (sum == 2LL * 200 * 50 * 10);
}
