// SPDX-License-Identifier: Apache-2.0
#include <atomic>

#include <catch2/catch.hpp>

#include "Playback/BounceReport.h"
#include "PlayedProject.h"
#include "Project/Locks.h"

using namespace tableread;
using namespace tableread::playback;
using namespace tableread::test;
using project::Project;
using project::TakeRecord;

TEST_CASE ("A project is played as it is written, and gets its takes", "[source][playback][player]")
{
    RenderedProject played;
    const auto sound = played.expected();
    CHECK ((bounce (played.player.stage(), sound.size()) == sound));
    const auto document = played.source.document();
    for (const auto& passage : project::passagesOf (*document))
    {
        const auto choice = project::choiceOf (*document, passage);
        REQUIRE (choice.take != nullptr);
        const auto speech = fakeSpeech (project::requestOf (*document, passage));
        CHECK (choice.take->state == TakeRecord::State::Done);
        CHECK (choice.take->audio == contentHash (speech));
        CHECK (choice.take->length.value == (std::int64_t) speech.size());
        CHECK (choice.take->fingerprint == "fake-1");
        CHECK (choice.take->line == document->lines[passage.first]->id);
    }
    CHECK (played.engine.jobs() == 3);
}

TEST_CASE ("A take that ends while another project is opened is that one's only if it asks for the same",
           "[source][playback][player]")
{
    PlayedProject played;
    const FakeEngine engine (played.fixture.socket());
    const auto store = std::make_shared<SlowStore> (std::chrono::minutes (1));
    auto options = played.fixture.options();
    options.store = store;
    Player player (played.source, options);
    player.renderAll();
    REQUIRE (eventually ([&] { return store->isHolding(); })); // the first take
    const bool isTheSame = GENERATE (false, true);
    const auto first = *played.source.document();
    REQUIRE (first.takes.empty());
    PlayedProject other;
    other.setText ("Good evening.", "Good morning.");
    played.source.replace (isTheSame ? first : *other.source.document());
    player.renderAll();
    store->goOn();
    REQUIRE (isDone (player));
    REQUIRE (eventually ([&] { return played.source.document()->takes.size() == 3; }));
    const auto document = played.source.document();
    for (const auto& passage : project::passagesOf (*document))
        CHECK (project::choiceOf (*document, passage).take != nullptr);
    CHECK (document->takes.size() == 3);
}

TEST_CASE ("A project is whole at the host's rate once its takes are rendered", "[source][playback][player]")
{
    for (int again = 0; again < 20; ++again) // takes end at any moment of the stage's work
    {
        PlayedProject played;
        const FakeEngine engine (played.fixture.socket());
        Player player (played.source, played.fixture.options());
        player.stage().setHostRate (48'000.0);
        player.renderAll();
        REQUIRE (isDone (player));
        REQUIRE (eventually ([&] { return played.source.document()->takes.size() == 3; }));
        const bool isWhole = eventually (
            [&] {
                return player.stage().planFor ({ {}, 0, false, false }).isComplete();
            },
            std::chrono::seconds (5));
        REQUIRE (isWhole);
    }
}

TEST_CASE ("A project opens with its sound on a machine without an engine", "[source][playback][player]")
{
    PlayedProject played;
    {
        const FakeEngine engine (played.fixture.socket());
        Player player (played.source, played.fixture.options());
        player.renderAll();
        REQUIRE (isDone (player));
    }
    REQUIRE (played.source.document()->takes.size() == 3); // a player that ends has kept what was finished
    Project reopened (*played.source.document());
    Player player (reopened, played.fixture.options());
    const auto sound = played.expected();
    CHECK ((bounce (player.stage(), sound.size()) == sound));
    CHECK (player.stage().gaps().empty());
}

TEST_CASE ("An edited word renders one line, and undo brings the old one back", "[source][playback][player]")
{
    RenderedProject played;
    const auto before = played.expected();
    played.setText ("train", "coach");
    const auto after = played.expected();
    REQUIRE ((before != after));                                     // not written out
    CHECK ((bounce (played.player.stage(), after.size()) == after)); // what the script says now
    CHECK (played.engine.jobs() == 4);
    REQUIRE (eventually ([&] { return played.source.document()->takes.size() == 4; }));
    REQUIRE (played.source.undo());
    CHECK ((bounce (played.player.stage(), before.size()) == before));
    REQUIRE (played.source.redo());
    CHECK ((bounce (played.player.stage(), after.size()) == after));
    CHECK (played.engine.jobs() == 4);
}

TEST_CASE ("A locked line keeps its take and says that it is stale", "[source][playback][player]")
{
    RenderedProject played;
    const auto before = played.expected();
    REQUIRE (played.source.edit (project::SetLocked { played.line (1), true }));
    played.setText ("train", "coach");
    CHECK ((bounce (played.player.stage(), before.size()) == before));
    CHECK (statesOf (played.player.stage())[1] == PartState::Stale);
    CHECK (played.engine.jobs() == 3);
    REQUIRE (eventually ([&] { return played.player.lastBounce() != nullptr; }));
    CHECK (played.player.lastBounce()->isEmpty());
    CHECK (played.player.lastBounce()->remark == "1 locked line plays older words, voices or settings");
    played.setText ("coach", "train");
    CHECK (project::olderLocks (*played.source.document()) == 0);
}

TEST_CASE ("Another roll has another seed, and the first one can be chosen again",
           "[source][playback][player]")
{
    RenderedProject played;
    const auto before = played.expected();
    const auto first =
        project::choiceOf (*played.source.document(), project::passagesOf (*played.source.document())[0])
            .take->id;
    REQUIRE (played.source.edit (project::Reroll { { played.line (0) } }));
    const auto after = played.expected();
    CHECK ((bounce (played.player.stage(), after.size()) == after));
    REQUIRE (eventually ([&] { return played.source.document()->takes.size() == 4; }));
    REQUIRE (played.source.edit (project::ChooseTake { played.line (0), first }));
    CHECK ((bounce (played.player.stage(), before.size()) == before));
    CHECK (played.engine.jobs() == 4);
}

TEST_CASE ("A line's failure is part of the project, the lack of an engine is not",
           "[source][playback][player]")
{
    PlayedProject played;
    Player player (played.source, played.fixture.options());
    player.renderAll();
    REQUIRE (eventually ([&] { return isAll (player.stage(), PartState::Failed); }));
    CHECK (played.source.document()->takes.empty());

    FakeFaults faults;
    faults.refuseStatus = 400;
    {
        const FakeEngine refuses (played.fixture.socket(), faults);
        player.renderAll();
        REQUIRE (eventually ([&] { return played.source.document()->takes.size() == 3; }));
    }
    const auto failed = played.source.document()->takes[0];
    CHECK (failed->state == TakeRecord::State::Failed);
    CHECK_THAT (failed->failure, Catch::Contains ("the file is not audio"));

    Project reopened (*played.source.document());
    Player other (reopened, played.fixture.options());
    REQUIRE (eventually ([&] { return isAll (other.stage(), PartState::Failed); }));
    CHECK (other.stage().view()->parts[0].reason == failed->failure);

    const FakeEngine engine (played.fixture.socket());
    player.stage().retry (played.line (0).value);
    REQUIRE (eventually ([&] { return statesOf (player.stage())[0] == PartState::Done; }));
    CHECK (eventually ([&] {
        const auto take = played.source.document()->takes[0];
        return take->state == TakeRecord::State::Done && take->id == failed->id;
    }));
    CHECK (played.source.document()->takes.size() == 3);
}

TEST_CASE ("Gaps and anchors are places in the score", "[source][playback][player]")
{
    PlayedProject played;
    auto settings = played.source.document()->settings;
    settings.gaps = { 100, 200, 0 };
    settings.playsSlate = false;
    REQUIRE (played.source.edit (project::SetSettings { settings }));
    REQUIRE (played.source.edit (project::SetAnchor { played.line (1), project::AtSeconds { 7.5 } }));
    REQUIRE (played.source.edit (project::SetAnchor { played.line (2), project::AtBeats { 40.0 } }));
    played.source.setTempo (60.0);
    const auto score = playback::scoreOf (*played.source.document(), { 1.0, 10.0 });
    REQUIRE (score.parts.size() == 3);
    CHECK (score.gaps.line.value == 2'400);
    CHECK (score.gaps.speaker.value == 4'800);
    CHECK_FALSE (score.playsSlate);
    CHECK_FALSE (score.parts[0].item.anchorSeconds);
    CHECK (score.parts[1].item.anchorSeconds == 7.5);
    CHECK (score.parts[2].item.anchorSeconds == 31.0); // a second, and 30 beats from the tenth on
    CHECK (score.parts[2].item.pauseBefore.value == 8'400);
    CHECK (score.parts[0].item.firstSpeaker != score.parts[1].item.firstSpeaker);
    CHECK (score.parts[0].item.lastSpeaker == score.parts[2].item.firstSpeaker);
    CHECK (score.parts[0].item.line == played.line (0).value);
}

TEST_CASE ("A speaker without a voice is not asked for", "[source][playback][player]")
{
    PlayedProject played;
    const auto before = playback::scoreOf (*played.source.document());
    CHECK_THAT (before.parts[0].failure, Catch::Contains ("has no voice"));
    const std::vector<std::string> voices { "anna", "ben" };
    played.source.giveVoices (voices);
    CHECK (playback::scoreOf (*played.source.document()).parts[0].failure.empty());
}

TEST_CASE ("The host's beat moves what is anchored to it", "[source][playback][player]")
{
    PlayedProject played;
    REQUIRE (played.source.edit (project::SetAnchor { played.line (0), project::AtBeats { 8.0 } }));
    Player player (played.source, played.fixture.options());
    REQUIRE (eventually ([&] {
        const auto view = player.stage().view();
        return view->parts.size() == 3 && view->parts[0].place.start.value == 4 * modelSampleRateHz; // at 120
    }));
    player.setBeat (60.0, { 1.0, 0.0 });
    CHECK (eventually (
        [&] { return player.stage().view()->parts[0].place.start.value == 9 * modelSampleRateHz; }));
    CHECK (played.source.document()->tempo == 60.0);
}

TEST_CASE ("A report follows each bounce, in the words of the script", "[source][playback][player]")
{
    PlayedProject played;
    auto settings = played.source.document()->settings;
    settings.playsSlate = false;
    REQUIRE (played.source.edit (project::SetSettings { settings }));
    REQUIRE (played.source.edit (project::SetAnchor {
        played.line (1), project::AtSeconds { 30.0 } })); // further than a line may outgrow its place
    std::atomic<int> reports { 0 };
    Player player (played.source, played.fixture.options(), [&] (const GapReport&) { ++reports; });
    CHECK (player.lastBounce() == nullptr);
    REQUIRE (eventually ([&] { return player.stage().view()->parts.size() == 3; }));
    const auto ben = player.stage().view()->parts[1].place;
    constexpr std::size_t block = 4096;
    (void) player.stage().planFor ({ { ben.start.value }, block, true, true }); // without an engine
    (void) player.stage().planFor ({ { 0 }, block, false, false });
    REQUIRE (eventually ([&] { return reports == 1; }));
    const auto report = player.lastBounce();
    REQUIRE (report != nullptr);
    REQUIRE (report->places.size() == 1);
    CHECK_FALSE (report->hasSlates);
    CHECK (report->places[0].title == "line 2, Ben");
    CHECK (report->places[0].why == player.stage().gaps().back().why);
    CHECK (report->places[0].from.value == 720'000);
    CHECK (report->places[0].to.value == ben.end().value);
    CHECK_THAT (toText (*report, "The bounce"),
                Catch::Contains ("0:00:30.000 to ") && Catch::Contains ("): line 2, Ben: "));

    played.setText ("Ben: The train stood still for an hour.\n", "");
    const BounceEnd late { .gaps = player.stage().gaps() }; // and what is before the bounce
    CHECK (reportOf (late, *played.source.document()).places[1].title == "a line that was removed");

    const FakeEngine engine (played.fixture.socket());
    player.renderAll();
    REQUIRE (isDone (player));
    const auto sound = played.expected();
    CHECK ((bounce (player.stage(), sound.size()) == sound));
    REQUIRE (eventually ([&] { return reports == 2; }));
    CHECK (player.lastBounce()->isEmpty());
}

TEST_CASE ("What was silent in real time is reported in the words of the script",
           "[source][playback][player]")
{
    PlayedProject played;
    std::atomic<int> reports { 0 };
    Player player (played.source, played.fixture.options(), [&] (const GapReport&) { ++reports; });
    CHECK (player.lastPlayed() == nullptr);
    REQUIRE (eventually ([&] { return player.stage().view()->parts.size() == 3; }));
    const auto ben = player.stage().view()->parts[1].place;
    std::vector<float> block (1'000);
    const auto& plan = player.stage().planFor ({ { ben.start.value }, block.size(), true, false });
    player.stage().read (plan, { block }); // without an engine
    (void) player.stage().planFor ({ { 0 }, block.size(), false, false });
    REQUIRE (eventually ([&] { return reports == 1; }));
    const auto report = player.lastPlayed();
    REQUIRE (report != nullptr);
    CHECK (player.lastBounce() == nullptr);
    CHECK (report->isPlayed);
    CHECK_FALSE (report->hasSlates);
    REQUIRE (report->places.size() == 1);
    CHECK (report->places[0].title == "line 2, Ben");
    CHECK (report->places[0].from.value == ben.start.value);
    CHECK (report->places[0].to.value == ben.start.value + 1'000);

    const BounceEnd bounce { .before = { .holes = { { 999, { 10 }, 0, 5 } } } };
    const auto bounced = reportOf (bounce, *played.source.document());
    REQUIRE (bounced.places.size() == 1);
    CHECK (bounced.places[0].title == "a line that was removed");
    CHECK_FALSE (bounced.isPlayed);
    CHECK_FALSE (bounced.hasSlates); // where it was played there is none
}

TEST_CASE ("A store that refuses a take is named until it takes one", "[source][playback][player]")
{
    PlayedProject played;
    const FakeEngine engine (played.fixture.socket());
    played.fixture.store->problem = Error { ErrorCode::OutOfMemory, "the disk is full", {} };
    Player player (played.source, played.fixture.options());
    CHECK_FALSE (player.storeProblem());
    player.renderAll();
    REQUIRE (isDone (player));
    REQUIRE (eventually ([&] { return player.storeProblem().has_value(); }));
    CHECK (player.storeProblem()->message == "the disk is full");
    const auto sound = played.expected();
    CHECK ((bounce (player.stage(), sound.size()) == sound));
    REQUIRE (
        eventually ([&] { return played.source.document()->takes.size() == 3; })); // none waits to be kept
    played.fixture.store->problem.reset();
    REQUIRE (played.source.edit (project::Reroll { { played.line (0) } }));
    CHECK (eventually ([&] { return ! player.storeProblem(); }));
}
