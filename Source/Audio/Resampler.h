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
/** A stream of mono samples from one rate to another: soxr's high quality, as librosa uses it. */
class Resampler
{
public:
    /** Both rates above 0. */
    Resampler (double inputRateHz, double outputRateHz);
    ~Resampler();

    /** Appends what `input` gives to `output`; it lags behind by the filter's length until finish(). */
    void process (std::span<const float> input, std::vector<float>& output);

    /** Appends the rest. Altogether there are then input × outputRateHz / inputRateHz samples, rounded up. */
    void finish (std::vector<float>& output);

private:
    void run (const float* input, std::size_t count, std::vector<float>& output);

    struct Deleter
    {
        void operator() (soxr* state) const;
    };
    std::unique_ptr<soxr, Deleter> state; // none where the rates are the same
    double inputHz, outputHz;
    std::int64_t taken = 0, given = 0;
    std::vector<float> block;
};
} // namespace tableread
