// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

struct soxr;

namespace tableread
{
enum class ResamplerQuality
{
    High,    // soxr's HQ, 20 bits, as in librosa: for the voices that the model hears
    VeryHigh // soxr's VHQ, 28 bits: for the host
};

/** Resamples a stream of mono samples with soxr. The sizes of the blocks do not affect the samples. */
class Resampler
{
public:
    /** Both rates above 0. @throws std::bad_alloc, as process() and finish() do. */
    Resampler (double inputRateHz, double outputRateHz, ResamplerQuality quality);
    ~Resampler();

    /** Appends the resampled `input` to `output`, which lags by the filter's length until finish(). */
    void process (std::span<const float> input, std::vector<float>& output);

    /** Appends the rest. The total is then input × outputRateHz / inputRateHz samples, rounded up. */
    void finish (std::vector<float>& output);

private:
    void run (const float* input, std::size_t count, std::vector<float>& output);

    struct Deleter
    {
        void operator() (soxr* state) const;
    };
    std::unique_ptr<soxr, Deleter> state; // null if the rates are equal
    double inputHz, outputHz;
    std::int64_t taken = 0, given = 0;
    std::vector<float> block;
};
} // namespace tableread
