// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "Timeline/HostAudio.h"
#include "Timeline/Timeline.h"

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

/** A take that has begun and has so much of its speech. */
inline std::shared_ptr<Take> begunTake (std::span<const float> speech)
{
    auto take = std::make_shared<Take>();
    take->begin ("test");
    take->append (speech);
    return take;
}

/** Whole takes one after the other, with pauses before them. */
inline Timeline sequence (const std::vector<std::pair<std::int64_t, std::shared_ptr<HostAudio>>>& takes)
{
    Timeline timeline;
    for (const auto& [pause, audio] : takes)
        timeline.items.push_back (
            { .line = timeline.items.size() + 1, .audio = audio, .pauseBefore = { pause } });
    return timeline;
}

inline PlaybackPlan planOf (const Timeline& timeline, double rate)
{
    return arrange (timeline, { .hostRateHz = rate }).plan;
}

/** A plan of one whole take at 24 000 Hz, from 0 on. */
inline PlaybackPlan planOf (const std::shared_ptr<const Take>& take)
{
    return planOf (sequence ({ { 0, hosted (take, 24'000) } }), 24'000);
}

inline std::vector<float> inBlocks (const PlaybackPlan& plan, std::int64_t from, std::int64_t to,
                                    std::int64_t block)
{
    std::vector<float> all ((std::size_t) (to - from));
    for (auto at = from; at < to; at += block)
        plan.read ({ at }, std::span (all).subspan ((std::size_t) (at - from),
                                                    (std::size_t) std::min (block, to - at)));
    return all;
}

inline std::vector<float> allOf (const HostAudio& audio)
{
    std::vector<float> samples ((std::size_t) audio.rendered());
    audio.read (0, samples);
    return samples;
}
} // namespace tableread::test
