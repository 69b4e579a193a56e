// SPDX-License-Identifier: Apache-2.0
// Jumps of the playhead in a score of which only a part is kept at the host's rate.
#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

#include "StageFixture.h"

using namespace tableread;
using namespace tableread::playback;
using namespace tableread::test;
using namespace std::chrono_literals;

namespace
{
constexpr double rate = 48'000.0;
constexpr int seconds = 10; // of a part

/** Parts that are in the store, each of them a level. */
Score longScore (SharedStore& store, std::size_t count)
{
    std::vector<Part> parts;
    for (std::size_t i = 0; i < count; ++i)
    {
        const std::vector<float> speech ((std::size_t) (seconds * modelSampleRateHz),
                                         0.25f + 0.001f * (float) i);
        REQUIRE (store.keep (speech));
        auto part = partOf (i + 1, 4);
        part.known =
            KnownTake { contentHash (speech), "fake-1", Take::Ending::Whole, { std::ssize (speech) } };
        parts.push_back (std::move (part));
    }
    return scoreOf (std::move (parts));
}

/** Plays on from `from` in real time; @returns how many samples are silent. */
std::int64_t silentSamples (Stage& stage, std::int64_t from, std::chrono::milliseconds time)
{
    std::vector<float> block (480);
    std::int64_t silent = 0;
    const auto begun = std::chrono::steady_clock::now();
    for (std::int64_t i = 0; i < time / 10ms; ++i)
    {
        const HostSamples at { from + i * std::ssize (block) };
        stage.read (stage.planFor ({ at, block.size(), true, false }), { block });
        silent += std::count (block.begin(), block.end(), 0.0f);
        std::this_thread::sleep_until (begun + (i + 1) * 10ms);
    }
    return silent;
}
} // namespace

TEST_CASE ("A jump to what is not kept at the host's rate is silent for moments only",
           "[.slow][serial][source][playback][late]")
{
    constexpr std::size_t count = 80; // 13 minutes
    StageFixture fixture;
    const auto score = longScore (*fixture.store, count);
    Stage stage (fixture.options(), fixture.ear);
    stage.setHostRate (rate);
    stage.setWaitMode (WaitMode::Never);
    play (stage, score);
    REQUIRE (eventually ([&] { return isAll (stage, PartState::Done); }));
    std::this_thread::sleep_for (1s); // all that is kept is made
    CHECK (silentSamples (stage, 0, 500ms) == 0);
    std::int64_t silent = 0;
    constexpr std::array jumps { 60, 5, 70, 20, 50, 3, 75, 12, 66, 30, 0, 45 }; // to these parts
    for (std::size_t i = 0; i < jumps.size(); ++i)
    {
        // Not in step with the stage, which looks around each tenth of a second.
        const auto time = 700ms + 10ms * (std::int64_t) (i % 10);
        const auto from = (std::int64_t) (((double) jumps.at (i) + 0.7) * seconds * rate);
        silent += silentSamples (stage, from, time);
        CHECK (silentSamples (stage, from, 100ms) == 0); // then it is there
    }
    constexpr double mostMs = 25.0; // 7 were measured, and 47 with a look each tenth of a second
    CHECK ((double) silent * 1'000.0 / rate / (double) jumps.size() < mostMs);
}
