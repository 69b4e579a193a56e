// SPDX-License-Identifier: Apache-2.0
#include "Measure/MachineLimits.h"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <functional>
#include <immintrin.h>
#include <thread>
#include <vector>

namespace tableread::engine
{
namespace
{
constexpr std::size_t chains =
    10; // more than latency times units of any such processor, fewer than it has registers

// The empty assembler lines tell the compiler that a value is used and changed, so that no work is optimised away.

[[gnu::target ("avx2")]] void readAll (const float* data, std::size_t count)
{
    __m256 sums[4] = { _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps() };
    for (std::size_t i = 0; i + 32 <= count; i += 32)
        for (std::size_t j = 0; j < 4; ++j)
            sums[j] = _mm256_add_ps (sums[j], _mm256_loadu_ps (data + i + 8 * j));
    for (auto& sum : sums)
        asm volatile("" : "+x"(sum));
}

[[gnu::target ("avx2,fma")]] void multiplyAdd8 (std::size_t rounds)
{
    __m256 sums[chains];
    for (auto& sum : sums)
        sum = _mm256_set1_ps (1.0f);
    const __m256 factor = _mm256_set1_ps (0.999f), summand = _mm256_set1_ps (0.001f);
    for (std::size_t i = 0; i < rounds; ++i)
        for (auto& sum : sums)
        {
            sum = _mm256_fmadd_ps (sum, factor, summand);
            asm volatile("" : "+x"(sum));
        }
}

[[gnu::target ("avx512f")]] void multiplyAdd16 (std::size_t rounds)
{
    __m512 sums[chains];
    for (auto& sum : sums)
        sum = _mm512_set1_ps (1.0f);
    const __m512 factor = _mm512_set1_ps (0.999f), summand = _mm512_set1_ps (0.001f);
    for (std::size_t i = 0; i < rounds; ++i)
        for (auto& sum : sums)
        {
            sum = _mm512_fmadd_ps (sum, factor, summand);
            asm volatile("" : "+v"(sum));
        }
}

/** Seconds that all threads together need for `work (thread)`; the best of a few runs. */
double bestSeconds (int threads, const std::function<void (std::size_t)>& work)
{
    constexpr int attempts = 4;
    double best = 1e9;
    std::barrier step (threads + 1);
    std::vector<std::jthread> pool;
    pool.reserve (static_cast<std::size_t> (threads));
    for (int thread = 0; thread < threads; ++thread)
        pool.emplace_back ([&, thread] {
            for (int i = 0; i < attempts; ++i)
            {
                step.arrive_and_wait();
                work (static_cast<std::size_t> (thread));
                step.arrive_and_wait();
            }
        });
    for (int i = 0; i < attempts; ++i)
    {
        const auto begin = std::chrono::steady_clock::now(); // all others wait: nothing runs before this
        step.arrive_and_wait();
        step.arrive_and_wait();
        best =
            std::min (best, std::chrono::duration<double> (std::chrono::steady_clock::now() - begin).count());
    }
    return best;
}

/** Bytes per second when the threads read the first `floats` of a buffer `times` times, each thread its share. */
double readRate (int threads, const std::vector<float>& buffer, std::size_t floats, std::size_t times)
{
    const auto share = floats / static_cast<std::size_t> (threads);
    const auto read = [&] (std::size_t thread) {
        for (std::size_t i = 0; i < times; ++i)
            readAll (buffer.data() + thread * share, share);
    };
    const double bytes =
        static_cast<double> (share * static_cast<std::size_t> (threads) * times) * sizeof (float);
    return bytes / bestSeconds (threads, read);
}
} // namespace

MachineLimits measureLimits (int threads, std::size_t rereadBytes)
{
    constexpr std::size_t floats = 64u << 20;
    constexpr std::size_t leastReread = 1u << 18;
    constexpr std::size_t rounds = 10'000'000;
    const std::vector<float> buffer (floats, 1.0f);
    const auto again = std::clamp (rereadBytes / sizeof (float), leastReread, floats);
    const bool wide = __builtin_cpu_supports ("avx512f") != 0;
    const double perRound = 2.0 * (wide ? 16.0 : 8.0) * chains;
    const double seconds = bestSeconds (
        threads, [wide] (std::size_t) { wide ? multiplyAdd16 (rounds) : multiplyAdd8 (rounds); });

    MachineLimits limits;
    limits.readBytesPerSecond = readRate (threads, buffer, floats, 1);
    limits.rereadBytesPerSecond = readRate (threads, buffer, again, floats / again);
    limits.operationsPerSecond = perRound * static_cast<double> (rounds) * threads / seconds;
    return limits;
}
} // namespace tableread::engine
