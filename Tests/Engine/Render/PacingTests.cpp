// SPDX-License-Identifier: Apache-2.0
#include "Render/Pacing.h"

#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "Render/Seats.h"
#include "Support/FakeRenderer.h"

using namespace tableread::test;

namespace
{
constexpr double frameMs = 1000.0 * 3200 / 24'000;

/** A renderer whose work takes time on a clock of its own, and how long each of its steps took. */
struct Timed
{
    struct Costs
    {
        double step = 10, each = 5, promptRow = 1, voiceFrame = 10;
    };

    explicit Timed (const Costs& costs)
    {
        control->clock = std::make_shared<VirtualClock>();
        control->frames = 5'000;
        control->stepMs = costs.step;
        control->stepMsEach = costs.each;
        control->promptRowMs = costs.promptRow;
        control->voiceFrameMs = costs.voiceFrame;
        renderer = std::make_unique<FakeRenderer> (control);
    }

    PassageId start (std::size_t characters, double voiceSeconds = 0, bool isHeard = true)
    {
        VoicedPassage passage { { { 0, std::string (characters, 'a') } }, {} };
        if (voiceSeconds > 0)
            passage.voices.push_back (renderer->makeVoice (std::make_shared<VoiceAudio> (
                VoiceAudio { "v", std::vector<float> (static_cast<std::size_t> (24'000 * voiceSeconds)) })));
        return renderer->start (
            { .passage = std::move (passage), .events = { .onFrame = [] (auto) {} }, .isHeard = isHeard });
    }

    PassageState stateOf (PassageId id) const
    {
        const auto all = renderer->inFlight();
        return *std::ranges::find (all, id, &PassageState::id);
    }

    /** @returns how long it took. */
    double step()
    {
        const double begin = control->clock->ms;
        renderer->step();
        return control->clock->ms - begin;
    }

    bool isSomebodyListening() const
    {
        const auto all = renderer->inFlight();
        return std::ranges::any_of (
            all, [this] (const auto& state) { return renderer->pace().isListenedTo (state.id); });
    }

    bool speaks (PassageId id) const { return stateOf (id).phase == PassageState::Phase::Speaking; }

    std::shared_ptr<FakeRendererControl> control = std::make_shared<FakeRendererControl>();
    std::unique_ptr<FakeRenderer> renderer;
};
} // namespace

TEST_CASE ("A passage is listened to from its first frame until it is two seconds ahead",
           "[engine][render][pacing]")
{
    double now = 1'000'000;
    Pacing pacing ([&now] { return now; }, frameMs);
    CHECK (! pacing.isListenedTo (7));
    int frames = 0;
    do
    {
        pacing.frameMade (7);
        ++frames;
        now += 33.3; // four times real time: a frame brings it ahead by 100 ms
    } while (pacing.isListenedTo (7));
    CHECK (frames == 20);
    now += 3'600'000;
    pacing.frameMade (7);
    CHECK (! pacing.isListenedTo (7)); // for good
    pacing.ended (7);
    pacing.frameMade (7);
    CHECK (pacing.isListenedTo (7)); // another passage
}

TEST_CASE ("A step has room for preparation up to 100 ms while somebody listens, up to 400 ms for nobody, or "
           "a quarter of its own",
           "[engine][render][pacing]")
{
    double now = 0;
    Pacing pacing ([&now] { return now; }, frameMs);
    const auto [own, listened, idle, unheard] =
        GENERATE (table<double, double, double, double> ({ { 20, 80, 120, 380 },
                                                           { 60, 40, 80, 340 },
                                                           { 80, 20, 60, 320 },
                                                           { 200, 50, 50, 200 },
                                                           { 1000, 250, 250, 250 } }));
    for (int i = 0; i < 40; ++i)
        pacing.stepTook (3, own + 7, 7);
    CHECK (pacing.alone (3).ms == Approx (own));
    CHECK_FALSE (pacing.alone (3).isFresh);
    pacing.stepTook (3, own, 0);
    CHECK (pacing.alone (3).isFresh);
    CHECK (pacing.room (3, false) <= unheard);
    CHECK (pacing.room (3, false) >= 0.7 * unheard);
    CHECK (pacing.room (3, true) <= idle);
    CHECK (pacing.room (3, true) >= 0.7 * idle);
    pacing.frameMade (1);
    CHECK (pacing.room (3, true) <= listened);
    CHECK (pacing.room (3, true) >= 0.7 * listened);
    CHECK (pacing.alone (6).ms == Approx (2 * own)); // not measured yet: by what is known of fewer
    CHECK (pacing.alone (1).ms > 0);
}

TEST_CASE ("Nobody's frame is late because others join, with long prompts and long voices",
           "[engine][render][pacing]")
{
    const auto costs = GENERATE (Timed::Costs { 10, 5, 1, 10 }, Timed::Costs { 40, 4, 0.05, 3 },
                                 Timed::Costs { 60, 2, 8, 15 }, Timed::Costs { 150, 10, 3, 30 });
    Timed timed (costs);
    auto joining = timed.start (40);
    int speaking = 0, heard = 0;
    for (int i = 0; i < 8; ++i)
    {
        int steps = 0;
        for (; ! timed.speaks (joining) && steps < 5'000; ++steps)
        {
            const bool isHeard = timed.isSomebodyListening();
            const double ms = timed.step();
            const double alone = costs.step + (speaking + (timed.speaks (joining) ? 1 : 0)) * costs.each;
            heard += isHeard ? 1 : 0;
            if (isHeard && speaking > 0)
                REQUIRE (ms <= std::max (100.0, 1.25 * alone) + 0.001);
        }
        REQUIRE (timed.speaks (joining));
        ++speaking;
        joining = timed.start (500 + 400 * static_cast<std::size_t> (i), 5.0 * i);
    }
    CHECK (heard > 5);
}

TEST_CASE ("What work costs is learnt from what it took", "[engine][render][pacing]")
{
    CostRate rate (5);
    CHECK (rate.ms (10) == Approx (50));
    CHECK (rate.fitting (50) == Approx (10));
    rate.took (10, 20); // the first measurement replaces the guess
    CHECK (rate.ms (10) == Approx (20));
    for (int i = 0; i < 30; ++i)
        rate.took (1, 4);
    CHECK (rate.ms (10) == Approx (40).epsilon (0.01));
    rate.took (0, 100);
    rate.took (10, 0);
    CHECK (rate.ms (10) == Approx (40).epsilon (0.01));
}

TEST_CASE ("A CPU has as many seats as a step of 100 ms has room for", "[engine][render][seats]")
{
    const auto [step, each, seats] = GENERATE (table<double, double, int> (
        { { 10, 30, 3 }, { 10, 90, 1 }, { 10, 91, 1 }, { 300, 10, 1 }, { 5, 5, 16 }, { 0, 12.5, 8 } }));
    Timed timed ({ step, each, 1, 10 });
    const auto clock = [&timed] { return timed.control->clock->ms.load(); };
    CHECK (measureSeats (*timed.renderer, 16, clock) == seats);
    CHECK (timed.renderer->inFlight().empty());
    CHECK (measureSeats (*timed.renderer, 2, clock) == std::min (seats, 2));
    CHECK (measureSeats (*timed.renderer, 0, clock) == 1);
}

TEST_CASE ("For speech that nobody hears a CPU gets as many seats as 400 ms certainly have room for",
           "[engine][render][seats]")
{
    const auto [frames, ms, count] = GENERATE (table<int, double, int> ({ { 1, 25, 16 },
                                                                          { 1, 24, 16 },
                                                                          { 1, 26, 15 },
                                                                          { 1, 101, 3 },
                                                                          { 1, 1'300, 1 },
                                                                          { 2, 100, 8 },
                                                                          { 0, 10, 1 },
                                                                          { 1, 0, 16 } }));
    ThroughputSeats seats ({}, 0);
    CHECK (seats.count() == 1);
    seats.stepTook (frames, ms);
    CHECK (seats.count() == count);
    seats.stepTook (1, 5'000); // something else ran beside it
    CHECK (seats.count() == count);
    seats.stepTook (count, 20.0 * count); // what is shared shows now
    CHECK (seats.count() == 16);
}

TEST_CASE ("A number of seats that was asked for is kept", "[engine][render][seats]")
{
    ThroughputSeats few ({}, 3), many ({}, 99);
    few.stepTook (1, 1);
    many.stepTook (1, 1'000);
    CHECK (few.count() == 3);
    CHECK (many.count() == 16);
}

TEST_CASE ("A GPU has the seats that its memory was planned for", "[engine][render][seats]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    control->offload.emplace();
    control->mostPassages = 11;
    FakeRenderer renderer (control);
    CHECK (measureSeats (renderer) == 11);
    CHECK (ThroughputSeats (renderer.info(), 0).count() == 11);
    CHECK (control->passagesRendered == 0);
}
