// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <vector>

#include "Timeline/HostAudio.h"

namespace tableread::test
{
/** White noise, different for every seed. */
inline std::vector<float> noise (std::int64_t count, unsigned seed)
{
    std::mt19937 generator (seed);
    std::uniform_real_distribution<float> values (-0.5f, 0.5f);
    std::vector<float> samples ((std::size_t) count);
    for (auto& sample : samples)
        sample = values (generator);
    return samples;
}

inline std::shared_ptr<Take> doneTake (std::span<const float> speech)
{
    auto take = std::make_shared<Take>();
    take->begin ("test");
    take->append (speech);
    take->finish();
    return take;
}

/** A take at the host's rate, fully resampled. */
inline std::shared_ptr<HostAudio> hosted (std::shared_ptr<const Take> take, double rate)
{
    auto audio = HostAudio::create (std::move (take), rate).value();
    audio->pump();
    return audio;
}

inline std::vector<float> allOf (const HostAudio& audio)
{
    std::vector<float> samples ((std::size_t) audio.rendered());
    audio.read (0, samples);
    return samples;
}
} // namespace tableread::test
