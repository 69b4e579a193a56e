// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <catch2/catch.hpp>

#include "Scene.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
TakePeaks::Peak peakOf (const std::vector<float>& speech, std::int64_t from, std::int64_t to)
{
    TakePeaks::Peak peak;
    for (auto i = from; i < std::min (to, (std::int64_t) speech.size()); ++i)
    {
        peak.low = std::min (peak.low, speech[(std::size_t) i]);
        peak.high = std::max (peak.high, speech[(std::size_t) i]);
    }
    return peak;
}
} // namespace

TEST_CASE ("Peaks are those of the samples, over short and long stretches", "[plugin][timeline]")
{
    const auto speech = likeSpeech (50'000);
    const auto take = std::make_shared<Take>();
    TakePeaks peaks (take);
    std::size_t given = 0;
    for (const std::size_t part : { 1u, 119u, 5000u, 4879u, 40'001u }) // as they arrive
    {
        take->append (std::span (speech).subspan (given, part));
        given += part;
        CHECK (peaks.update());
        CHECK (peaks.isUpToDate());
    }
    CHECK_FALSE (peaks.update());
    constexpr auto step = TakePeaks::step;
    for (const auto& [from, to] :
         std::vector<std::pair<std::int64_t, std::int64_t>> { { 17, 18 },
                                                              { 333, 500 },
                                                              { 0, 50'000 },
                                                              { step, 31 * step },
                                                              { 7 * step, 203 * step },
                                                              { 32 * step, 64 * step },
                                                              { 49'999, 60'000 } })
    {
        CAPTURE (from, to);
        const auto found = peaks.between (from, to), wanted = peakOf (speech, from, to);
        CHECK (found.low == wanted.low);
        CHECK (found.high == wanted.high);
    }
    CHECK (peaks.between (-500, -100).high == 0.0f);
    CHECK (peaks.between (60'000, 70'000).high == 0.0f);
}

TEST_CASE ("What is read for one painting is limited", "[plugin][timeline]")
{
    ShownTimeline shown ("Anna: One.\nBen: Two.\n");
    shown.scene.lengthsMs = { 60'000, 60'000 };
    shown.scene.layOut();
    shown.scene.speak (0, 1.0, playback::PartState::Done);
    shown.scene.speak (1, 1.0, playback::PartState::Done);
    shown.show();
    auto& peaks = shown.model.peaks;
    peaks.beginPainting();
    CHECK (peaks.of (shown.clip (0).take).isUpToDate());
    CHECK_FALSE (peaks.isBehind());
    CHECK (peaks.of (shown.clip (1).take).samplesRead() ==
           TimelinePeaks::samplesAPainting - 60 * modelSampleRateHz);
    CHECK (peaks.isBehind());
    CHECK (shown.show().isOther); // it is painted once more
    peaks.beginPainting();
    peaks.of (shown.clip (0).take);
    CHECK (peaks.of (shown.clip (1).take).isUpToDate());
    CHECK_FALSE (shown.show().isOther);
}
