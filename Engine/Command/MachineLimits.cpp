// SPDX-License-Identifier: Apache-2.0
#include "Command/MachineLimits.h"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstddef>
#include <functional>
#include <immintrin.h>
#include <thread>
#include <vector>

namespace tableread::engine
{
namespace
{
// Volatile so that the compiler cannot leave the work out.
volatile float sink = 0;

__attribute__ ((target ("avx2"))) void readAll (const float* data, std::size_t count)
{
    __m256 sums[4] = { _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps() };
    for (std::size_t i = 0; i + 32 <= count; i += 32)
        for (std::size_t j = 0; j < 4; ++j)
            sums[j] = _mm256_add_ps (sums[j], _mm256_loadu_ps (data + i + 8 * j));
    sink =
        _mm256_cvtss_f32 (_mm256_add_ps (_mm256_add_ps (sums[0], sums[1]), _mm256_add_ps (sums[2], sums[3])));
}

constexpr std::size_t chains =
    10; // more than latency times units of any such processor, fewer than its registers

/** Independent chains of multiply-adds in vectors of the widest kind that the kernels use. */
template <typename Vector>
[[gnu::always_inline]] inline void multiplyAdd (std::size_t rounds)
{
    Vector sums[chains];
    for (auto& sum : sums)
        sum = Vector {} + 1.0f;
    for (std::size_t i = 0; i < rounds; ++i)
        for (auto& sum : sums)
            sum = sum * 0.999f + 0.001f;
    float total = 0;
    for (const auto& sum : sums)
        total += sum[0];
    sink = total;
}

typedef float Vector8 __attribute__ ((vector_size (32)));
typedef float Vector16 __attribute__ ((vector_size (64)));

[[gnu::target ("avx2,fma"), gnu::optimize ("fp-contract=fast")]] void multiplyAdd8 (std::size_t rounds)
{
    multiplyAdd<Vector8> (rounds);
}

[[gnu::target ("avx512f"), gnu::optimize ("fp-contract=fast")]] void multiplyAdd16 (std::size_t rounds)
{
    multiplyAdd<Vector16> (rounds);
}

/** Seconds that all threads together need for `work (thread)`, the best of a few. */
double bestSeconds (int threads, const std::function<void (std::size_t)>& work)
{
    constexpr int attempts = 4;
    double best = 1e9;
    std::barrier step (threads + 1);
    std::vector<std::jthread> pool;
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
} // namespace

MachineLimits measureLimits (int threads)
{
    constexpr std::size_t floats = 64u << 20;
    constexpr std::size_t rounds = 10'000'000;
    const bool wide = __builtin_cpu_supports ("avx512f");
    const double perRound = 2.0 * (wide ? 16.0 : 8.0) * chains;
    const auto share = floats / static_cast<std::size_t> (threads);
    const std::vector<float> buffer (floats, 1.0f);
    MachineLimits limits;
    limits.readBytesPerSecond =
        static_cast<double> (share * static_cast<std::size_t> (threads) * sizeof (float)) /
        bestSeconds (threads, [&] (std::size_t thread) { readAll (buffer.data() + thread * share, share); });
    limits.operationsPerSecond =
        perRound * static_cast<double> (rounds) * threads / bestSeconds (threads, [wide] (std::size_t) {
            wide ? multiplyAdd16 (rounds) : multiplyAdd8 (rounds);
        });
    return limits;
}
} // namespace tableread::engine
