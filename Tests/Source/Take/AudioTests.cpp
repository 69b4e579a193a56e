// SPDX-License-Identifier: Apache-2.0
#include <numeric>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "Take/Take.h"

using namespace tableread;

namespace
{
std::vector<float> ramp (std::int64_t count)
{
    std::vector<float> values ((std::size_t) count);
    std::iota (values.begin(), values.end(), 1.0f);
    return values;
}
} // namespace

TEST_CASE ("A take gives speech where it is rendered and silence elsewhere", "[source][take]")
{
    auto take = TakeAudio::create().value();
    REQUIRE (take->append (ramp (3200)) == 3200);
    REQUIRE (take->rendered() == 3200);
    std::vector<float> out (4, -1.0f);

    SECTION ("across the rendered end")
    {
        CHECK (take->read (3198, out) == 2);
        CHECK (out == std::vector<float> { 3199.0f, 3200.0f, 0.0f, 0.0f });
    }
    SECTION ("before the first sample")
    {
        CHECK (take->read (-3, out) == 1);
        CHECK (out == std::vector<float> { 0.0f, 0.0f, 0.0f, 1.0f });
    }
    SECTION ("far outside")
    {
        const auto position = GENERATE (std::numeric_limits<std::int64_t>::min(), std::int64_t { -5 },
                                        std::int64_t { 3200 }, std::numeric_limits<std::int64_t>::max() - 8);
        CHECK (take->read (position, out) == 0);
        CHECK (out == std::vector<float> (4, 0.0f));
    }
    SECTION ("nothing at all")
    {
        CHECK (take->read (0, {}) == 0);
    }
}

TEST_CASE ("A take that spans blocks is one piece", "[source][take]")
{
    const auto total = 2 * TakeAudio::blockSamples + 100;
    const auto audio = ramp (total);
    auto take = TakeAudio::create().value();
    for (std::int64_t at = 0; at < total; at += 70'001)
        take->append (std::span (audio).subspan ((std::size_t) at,
                                                 (std::size_t) std::min<std::int64_t> (70'001, total - at)));

    std::vector<float> out (audio.size());
    CHECK (take->read (0, out) == audio.size());
    CHECK (out == audio);
    std::vector<float> across (10);
    CHECK (take->read (TakeAudio::blockSamples - 5, across) == 10);
    CHECK (across.front() == (float) (TakeAudio::blockSamples - 4));
    CHECK (across.back() == (float) (TakeAudio::blockSamples + 5));
}

TEST_CASE ("A full take says how much it took", "[source][take]")
{
    auto take = TakeAudio::create (5).value();
    CHECK (take->append (ramp (3)) == 3);
    CHECK (take->append (ramp (3)) == 2);
    CHECK (take->append (ramp (3)) == 0);
    CHECK (take->rendered() == 5);

    CHECK_FALSE (TakeAudio::create (0));
    CHECK_FALSE (TakeAudio::create (TakeAudio::maxCapacity + 1));
    CHECK (TakeAudio::create (-1).error().code == ErrorCode::OutOfRange);
}

TEST_CASE ("A reader sees only finished samples of a growing take", "[source][take][threads]")
{
    const std::int64_t total = TakeAudio::blockSamples + 400LL * 160;
    auto take = TakeAudio::create().value();
    const auto audio = ramp (total);
    std::thread link ([&] {
        for (std::int64_t at = 0; at < total; at += 160)
            take->append (std::span (audio).subspan ((std::size_t) at,
                                                     (std::size_t) std::min<std::int64_t> (160, total - at)));
    });

    std::int64_t wrong = 0; // counted here, asserted after join: Catch2's macros are not made for threads
    std::vector<float> out (441);
    for (std::int64_t at = 0; at < total;)
    {
        const auto got = (std::int64_t) take->read (at, out);
        for (std::int64_t i = 0; i < got; ++i)
            wrong += out[(std::size_t) i] != (float) (at + i + 1);
        at += got;
    }
    link.join();
    CHECK (wrong == 0);
}

TEST_CASE ("A take that has ended has all of its samples", "[source][take][threads]")
{
    std::int64_t lost = 0;
    for (int round = 0; round < 200; ++round)
    {
        Take take;
        std::thread link ([&] {
            take.begin ("engine");
            take.append (ramp (1000));
            take.finish();
        });
        while (! take.isFinal())
            std::this_thread::yield();
        lost += take.audio().rendered() != 1000;
        link.join();
    }
    CHECK (lost == 0);
}

TEST_CASE ("A take remembers why it failed and who rendered it", "[source][take]")
{
    Take take;
    CHECK (take.state() == TakeState::Queued);
    take.begin ("cpu-1");
    CHECK (take.state() == TakeState::Rendering);
    CHECK (take.fingerprint() == "cpu-1");
    CHECK_FALSE (take.isFinal());
    take.append (ramp (10));
    take.fail ({ ErrorCode::Io, "the socket closed", {} });
    CHECK (take.isFinal());
    CHECK (take.error().message == "the socket closed");
    CHECK (take.audio().rendered() == 10);
}
