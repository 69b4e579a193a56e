// SPDX-License-Identifier: GPL-3.0-or-later
#include "Stand.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

TEST_CASE ("Another take of the same line goes on at the same moment, without a click", "[plugin][audition]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    const auto a = stand.speech (stand.first), b = stand.speech (stand.second);
    REQUIRE (a != b);
    REQUIRE (stand.audition.play (stand.first));
    auto sound = stand.begin (1000);
    REQUIRE (stand.audition.play (stand.second));
    CHECK (stand.audition.current() == stand.second);
    const auto isHeard = [&] (const std::vector<float>& speech) {
        const auto at = sound.size();
        const auto more = stand.hear (64);
        sound.insert (sound.end(), more.begin(), more.end());
        return sound.size() <= speech.size() &&
               std::equal (more.begin(), more.end(), speech.begin() + (std::ptrdiff_t) at);
    };
    CHECK (eventually ([&] { return isHeard (b); }, std::chrono::seconds (3)));
    CHECK (largestStep (sound) <= std::max (largestStep (a), largestStep (b)) + 1.0f / fade);

    SECTION ("and back")
    {
        REQUIRE (stand.audition.play (stand.first));
        CHECK (eventually ([&] { return isHeard (a); }, std::chrono::seconds (3)));
    }
    SECTION ("the same take once more begins at its start, as does another line")
    {
        const bool isSame = GENERATE (true, false);
        REQUIRE ((isSame ? stand.audition.play (stand.second) : stand.audition.playLine (stand.line (1))));
        CHECK (stand.comes (faded (stand.speech (stand.audition.current()))));
    }
    SECTION ("not of one that has ended")
    {
        while (stand.audition.current())
            stand.hear (64);
        REQUIRE (stand.audition.play (stand.first));
        auto expected = faded (a);
        expected.resize (64);
        CHECK ((stand.begin (64) == expected));
    }
}

TEST_CASE ("What is asked for while a take is loaded counts when it is loaded", "[plugin][audition]")
{
    PluginFixture fixture;
    GatedStand stand (fixture);
    const auto& store = stand.store;
    store->isShut = true;
    REQUIRE (stand.audition.play (stand.first));
    REQUIRE (eventually ([&] { return store->isWaiting.load(); }));
    CHECK (stand.audition.current() == stand.first);

    SECTION ("nothing")
    {
        stand.audition.stop();
        CHECK_FALSE (stand.audition.current());
        store->isShut = false;
        REQUIRE (eventually ([&] { return ! store->isWaiting; }));
        std::this_thread::sleep_for (std::chrono::milliseconds (50));
        CHECK (stand.hear (1000) == std::vector<float> (1000));
    }
    SECTION ("another take")
    {
        REQUIRE (stand.audition.play (stand.second));
        CHECK (stand.audition.current() == stand.second);
        store->isShut = false;
        CHECK ((stand.whole (512) == trimmed (faded (stand.speech (stand.second)))));
    }
    SECTION ("another rate")
    {
        stand.audition.setHostRate (48'000.0);
        CHECK (stand.audition.current() == stand.first);
        store->isShut = false;
        CHECK ((stand.whole (512) == trimmed (faded (stand.atRate (stand.first, 48'000.0)))));
    }
}

TEST_CASE ("Where there is no same moment in another take, that begins at its start", "[plugin][audition]")
{
    PluginFixture fixture;
    GatedStand stand (fixture);
    const auto& store = stand.store;
    stand.workspace.setScript (
        "Anna: Good evening. You are late again, and nobody has said why: not one of you, "
        "not once in all these years.\nBen: Oh.\n");
    REQUIRE (renderAll (stand.workspace));
    const auto longer = project::choiceOf (*stand.workspace.document(), stand.passage (0)).take->id;
    const auto length = (std::size_t) stand.record (stand.first).length.value;
    REQUIRE ((std::size_t) stand.record (longer).length.value > length + 10'000);

    SECTION ("it is shorter")
    {
        REQUIRE (stand.audition.play (longer));
        stand.begin (length);
        REQUIRE (stand.audition.play (stand.first));
        CHECK (stand.comes (faded (stand.speech (stand.first))));
    }
    SECTION ("the first has ended before the other is loaded")
    {
        REQUIRE (stand.workspace.edit (project::ChooseTake { stand.line (0), stand.first }));
        REQUIRE (eventually ([&] {
            const auto view = stand.workspace.player().stage().view();
            return view->parts[0].take != nullptr &&
                   view->parts[0].take->audio().rendered() == (std::int64_t) length;
        }));
        REQUIRE (stand.audition.play (stand.first));
        stand.begin (64);
        store->isShut = true;
        REQUIRE (stand.audition.play (longer));
        REQUIRE (eventually ([&] { return store->isWaiting.load(); }));
        stand.hear (length);
        CHECK (stand.audition.current() == longer);
        store->isShut = false;
        CHECK ((stand.whole (512) == trimmed (faded (stand.speech (longer)))));
    }
}

TEST_CASE ("Takes are asked for and stopped while blocks are played", "[plugin][audition][threads]")
{
    PluginFixture fixture;
    StoredStand stand (fixture);
    stand.audition.setHostRate (48'000.0);
    const auto steepest =
        std::max (largestStep (stand.speech (stand.first)), largestStep (stand.speech (stand.second))) +
        1.0f / fade;
    std::atomic<bool> isLeaving { false };
    std::atomic<std::int64_t> wrong { 0 };
    std::thread audio ([&] {
        float last = 0.0f;
        while (! isLeaving)
        {
            for (const auto sample : stand.hear (64)) // no click
                wrong += std::abs (sample - std::exchange (last, sample)) > steepest ? 1 : 0;
            std::this_thread::sleep_for (std::chrono::microseconds (200));
        }
    });
    for (int round = 0; round < 300; ++round)
    {
        wrong += stand.audition.play (round % 2 == 0 ? stand.first : stand.second) ? 0 : 1;
        if (round % 7 == 0)
            stand.audition.stop();
        if (round % 50 == 0)
            stand.audition.setHostRate (round % 100 == 0 ? 48'000.0 : 24'000.0);
        std::this_thread::sleep_for (std::chrono::milliseconds (round % 5));
    }
    REQUIRE (stand.audition.play (stand.first));
    CHECK (eventually ([&] { return ! stand.audition.current(); }));
    isLeaving = true;
    audio.join();
    CHECK (wrong == 0);
}
