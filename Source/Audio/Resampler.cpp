// SPDX-License-Identifier: Apache-2.0
#include "Audio/Resampler.h"

#include <cmath>
#include <new>

#include <soxr.h>

namespace tableread
{
void Resampler::Deleter::operator() (soxr* used) const
{
    soxr_delete (used);
}

Resampler::Resampler (double inputRateHz, double outputRateHz)
    : inputHz (inputRateHz)
    , outputHz (outputRateHz)
{
    if (inputRateHz == outputRateHz)
        return;

    const auto quality = soxr_quality_spec (SOXR_HQ, 0);
    soxr_error_t error = nullptr;
    state.reset (soxr_create (inputRateHz, outputRateHz, 1, &error, nullptr, &quality, nullptr));
    if (state == nullptr) // nothing else can be wrong with these arguments
        throw std::bad_alloc();
}

Resampler::~Resampler() = default;

void Resampler::run (const float* input, std::size_t count, std::vector<float>& output)
{
    constexpr std::size_t blockSamples = 16'384;
    block.resize (blockSamples);

    for (std::size_t at = 0;;)
    {
        const auto* rest = input == nullptr ? nullptr : input + at;
        std::size_t consumed = 0, made = 0;
        if (soxr_process (state.get(), rest, count - at, &consumed, block.data(), block.size(), &made) !=
            nullptr)
            throw std::bad_alloc();
        output.insert (output.end(), block.begin(), block.begin() + (std::ptrdiff_t) made);
        given += (std::int64_t) made;
        at += consumed;
        if (at == count && made < block.size())
            return;
    }
}

void Resampler::process (std::span<const float> input, std::vector<float>& output)
{
    taken += (std::int64_t) input.size();
    if (state == nullptr)
        output.insert (output.end(), input.begin(), input.end());
    else if (! input.empty())
        run (input.data(), input.size(), output);
}

void Resampler::finish (std::vector<float>& output)
{
    if (state == nullptr)
        return;
    run (nullptr, 0, output);
    const auto wanted = (std::int64_t) std::ceil ((double) taken * outputHz / inputHz);
    output.resize ((std::size_t) ((std::int64_t) output.size() + wanted - given));
}
} // namespace tableread
