// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numbers>
#include <thread>

#include <catch2/catch.hpp>

#include "TestTakes.h"

using namespace tableread;
using namespace tableread::test;

TEST_CASE ("At the model's rate the host hears the take itself", "[source][timeline]")
{
    const auto speech = noise (10'000, 1);
    const auto audio = hosted (doneTake (speech), 24'000);
    CHECK (audio->isComplete());
    CHECK (allOf (*audio) == speech);
}

TEST_CASE ("Resampling does not depend on how the speech arrived", "[source][timeline]")
{
    const double rate = GENERATE (8'000.0, 22'050.0, 44'100.0, 48'000.0, 96'000.0, 192'000.0, 44'099.5);
    const auto speech = noise (50'000, 2);
    const auto whole = allOf (*hosted (doneTake (speech), rate));
    CHECK (whole.size() == (std::size_t) std::llround (50'000 * rate / 24'000));

    const std::size_t piece = GENERATE (1u, 17u, 3200u, 9999u);
    const auto take = std::make_shared<Take>();
    const auto audio = HostAudio::create (take, rate).value();
    take->begin ("test");
    bool early = false;
    for (std::size_t at = 0; at < speech.size(); at += piece)
    {
        take->append (std::span (speech).subspan (at, std::min (piece, speech.size() - at)));
        audio->pump();
        early = early || audio->isComplete();
    }
    CHECK_FALSE (early);
    take->finish();
    audio->pump();
    CHECK (audio->isComplete());
    CHECK ((allOf (*audio) == whole));
}

TEST_CASE ("A take's length at the host's rate is exact", "[source][timeline]")
{
    const double rate = GENERATE (8'000.0, 11'025.0, 44'099.5, 44'100.0, 47'999.0, 96'000.0, 191'999.9);
    int wrong = 0;
    for (std::int64_t count = 1; count < 3'000; count += 1 + count / 7)
        wrong += hosted (doneTake (noise (count, 1)), rate)->rendered() !=
                 std::llround ((double) count * rate / 24'000.0);
    CHECK (wrong == 0);
}

TEST_CASE ("Resampled speech keeps its pitch, level and time", "[source][timeline]")
{
    const double rate = GENERATE (16'000.0, 44'100.0, 48'000.0, 96'000.0);
    constexpr double frequency = 1000.0;
    std::vector<float> tone (24'000);
    for (std::size_t i = 0; i < tone.size(); ++i)
        tone[i] = (float) (0.5 * std::sin (2.0 * std::numbers::pi * frequency * (double) i / 24'000.0));

    const auto out = allOf (*hosted (doneTake (tone), rate));
    double worst = 0.0; // away from the ends, where the filter sees the edge of the tone
    for (std::size_t i = out.size() / 10; i < out.size() * 9 / 10; ++i)
        worst = std::max (worst, std::abs (out[i] - 0.5 * std::sin (2.0 * std::numbers::pi * frequency *
                                                                    (double) i / rate)));
    // soxr's VHQ has 28 bits of rejection; float32 arithmetic leaves about 1e-6 of it.
    CHECK (worst < 2e-6);
}

TEST_CASE ("Speech can be heard before its take has ended", "[source][timeline]")
{
    const auto take = std::make_shared<Take>();
    const auto audio = HostAudio::create (take, 48'000).value();
    take->begin ("test");
    take->append (noise (3LL * 3200, 3));
    audio->pump();
    CHECK (audio->rendered() > 2LL * 2 * 3200); // the filter holds back less than one frame
    CHECK_FALSE (audio->isComplete());
}

TEST_CASE ("A take without a sample is complete and empty", "[source][timeline]")
{
    const auto audio = hosted (doneTake ({}), GENERATE (24'000.0, 48'000.0));
    CHECK (audio->isComplete());
    CHECK (audio->rendered() == 0);
}

TEST_CASE ("A rate that no host has is refused", "[source][timeline]")
{
    const double rate = GENERATE (0.0, -48'000.0, 999.0, 2e6, std::nan (""));
    CHECK (HostAudio::create (doneTake ({}), rate).error().code == ErrorCode::OutOfRange);
}

TEST_CASE ("A reader sees only finished samples of resampled speech", "[source][timeline][threads]")
{
    const auto speech = noise (40LL * 3200, 4);
    const auto whole = allOf (*hosted (doneTake (speech), 44'100));
    const auto take = std::make_shared<Take>();
    const auto audio = HostAudio::create (take, 44'100).value();
    std::thread link ([&] {
        take->begin ("test");
        for (std::size_t at = 0; at < speech.size(); at += 3200)
        {
            take->append (std::span (speech).subspan (at, 3200));
            audio->pump();
        }
        take->finish();
        audio->pump();
    });

    std::vector<float> heard, out (441);
    for (bool complete = false; ! complete || (std::int64_t) heard.size() < audio->rendered();)
    {
        complete = audio->isComplete();
        const auto got = audio->read ((std::int64_t) heard.size(), out);
        heard.insert (heard.end(), out.begin(), out.begin() + (std::ptrdiff_t) got);
    }
    link.join();
    CHECK ((heard == whole));
}

TEST_CASE ("What is only prepared has its take's length and no samples", "[source][timeline]")
{
    const auto speech = noise (10'000, 5);
    const auto audio = HostAudio::prepare (doneTake (speech), 48'000).value();
    audio->pump();
    CHECK_FALSE (audio->hasBegun());
    CHECK_FALSE (audio->isComplete());
    CHECK (audio->copied() == 0);
    CHECK (audio->take().audio().rendered() == 10'000);
    std::vector<float> out (100, 1.0f);
    CHECK (audio->read (0, out) == 0);
    CHECK (out == std::vector<float> (100, 0.0f));
    REQUIRE (audio->begin());
    audio->pump();
    CHECK (audio->isComplete());
    CHECK (audio->copied() == 20'000);
    CHECK ((allOf (*audio) == allOf (*hosted (doneTake (speech), 48'000))));
    CHECK (HostAudio::prepare (doneTake (speech), 24'000).value()->isComplete()); // the take itself
}
