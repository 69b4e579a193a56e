// SPDX-License-Identifier: GPL-3.0-or-later
// What a session does and says with an engine that is absent, hangs, dies, loads or is another one, and that all is right again once
// the engine is.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include <catch2/catch.hpp>

#include "Editor/StatusText.h"
#include "PluginFixture.h"
#include "Source/EngineLink/FakeProcess.h"
#include "StateText.h"
#include "Support/Instrumented.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace
{
constexpr std::uint64_t seed = 6;

/** A session that has opened its project, which was being rendered, and waits in a bounce for a second without progress. */
struct Session
{
    explicit Session (const Workspace::Options& options) : workspace (options)
    {
        workspace.load (StateText { scene, seed, true, makeImpatient }.text());
        workspace.settle();
    }

    std::string says() { return describe (workspace.showing(), std::nullopt).text; }

    bool says (const std::string& words)
    {
        const bool isSaid = eventually ([&] { return says().find (words) != std::string::npos; });
        UNSCOPED_INFO (says());
        return isSaid;
    }

    /** A bounce has a slate at each line that is not there, says why, and ends soon. */
    void bouncesSlates (std::size_t count, const std::string& why)
    {
        const auto begun = std::chrono::steady_clock::now();
        const auto sound = bounce (workspace);
        if (! isInstrumented)
            CHECK (std::chrono::steady_clock::now() - begun < 15s);
        const auto gaps = workspace.player().stage().gaps();
        CHECK (gaps.size() == count);
        for (const auto& gap : gaps)
        {
            CHECK_THAT (gap.why, Contains (why));
            const auto start = sound.begin() + gap.place.start.value;
            CHECK (*std::max_element (start, start + 1'000) == Approx (0.1f).margin (1e-3));
        }
    }

    void bouncesAll()
    {
        CHECK ((bounce (workspace) == expectedSound (24'000, seed)));
        CHECK (workspace.player().stage().gaps().empty());
        CHECK (says ("Done: 5 lines"));
    }

    Workspace workspace;
};

/** A session whose engine is a program of its own, with these faults. */
struct SessionWithProgram
{
    explicit SessionWithProgram (const std::string& faults) : process (faults), session (options (process)) {}

    static Workspace::Options options (const FakeProcess& process)
    {
        auto options = optionsIn (process.path());
        options.stage.link.engine = process.options();
        return options;
    }

    void untilItSpeaks()
    {
        REQUIRE (eventually ([&] { return session.workspace.player().stage().engine().samples > 0; }));
    }

    const FakeProcess process;
    Session session;
};
} // namespace

TEST_CASE ("A session without an engine says what is missing, and is whole once there is one",
           "[plugin][workspace][faults]")
{
    const TemporaryFolder folder;
    Session session (optionsIn (folder.path()));
    CHECK (session.says ("/nowhere: the engine that the setting names is not a program that can be run"));
    session.bouncesSlates (5, "/nowhere");
    const FakeEngine engine (folder.path() / "engine.sock"); // nobody says so to the session
    session.bouncesAll();
}

TEST_CASE ("What could not be asked for is asked for when the transport starts",
           "[plugin][workspace][faults]")
{
    const TemporaryFolder folder;
    Session session (optionsIn (folder.path()));
    REQUIRE (eventually ([&] { return isAll (session.workspace, playback::PartState::Failed); }));
    const FakeEngine engine (folder.path() / "engine.sock");
    auto& stage = session.workspace.player().stage();
    (void) stage.planFor ({ {}, 512, true, false });
    CHECK (eventually ([&] { return isRendered (session.workspace); }));
    (void) stage.planFor ({ {}, 0, false, false });
    session.bouncesAll();
}

TEST_CASE ("A session with an engine that hangs says so, and goes on when it answers again",
           "[plugin][workspace][faults]")
{
    SessionWithProgram desk ("frame-ms=20");
    desk.untilItSpeaks();
    desk.process.freeze();
    std::this_thread::sleep_for (200ms); // what it had sent has come
    const auto whole = [&] {
        const auto view = desk.session.workspace.player().stage().view();
        return std::count_if (view->parts.begin(), view->parts.end(),
                              [] (const auto& part) { return part.state == playback::PartState::Done; });
    };
    desk.session.bouncesSlates ((std::size_t) (5 - whole()), "Nothing has come from the engine for 1 s");
    desk.process.thaw();
    desk.session.bouncesAll();
    CHECK (desk.process.starts() == 1);
}

TEST_CASE ("The status line counts how long nothing has come", "[plugin][workspace][faults][.slow]")
{
    SessionWithProgram desk ("frame-ms=20");
    desk.untilItSpeaks();
    CHECK_THAT (desk.session.says(), ! Contains ("nothing"));
    desk.process.freeze();
    CHECK (desk.session.says ("nothing from the engine for 1")); // 10 s or more
    desk.process.thaw();
    desk.session.bouncesAll();
}

TEST_CASE ("A session says that an engine loads, and a bounce waits for it", "[plugin][workspace][faults]")
{
    SessionWithProgram desk ("load-ms=3000");
    CHECK (desk.session.says ("Loading tones (53 MB)"));
    desk.session.bouncesAll();
}

TEST_CASE ("A session says how an engine dies at its start, and tries no more until it is told to",
           "[plugin][workspace][faults]")
{
    SessionWithProgram desk ("exit");
    CHECK (desk.session.says (
        "Safe mode: the engine ended with exit code 3. Its last words: the tones are out of "
        "tune. Log: "));
    desk.session.bouncesSlates (5, "the tones are out of tune");
    desk.session.bouncesSlates (5, "it is not started again unasked");
    CHECK (desk.process.starts() == 3);
    ::setenv ("TABLEREAD_FAKE", "", 1); // it is mended
    REQUIRE (desk.session.workspace.tryAgain (false));
    desk.session.bouncesAll();
    CHECK (desk.process.starts() == 4);
}

TEST_CASE ("A session says that an engine is of another protocol, and uses the right one when it is there",
           "[plugin][workspace][faults]")
{
    const TemporaryFolder folder;
    FakeFaults faults;
    faults.protocol = 2;
    std::optional<FakeEngine> other (std::in_place, folder.path() / "engine.sock", faults);
    Session session (optionsIn (folder.path()));
    const std::string words =
        "the engine that runs speaks protocol 2, this program speaks 1. Install the same";
    CHECK (session.says (words));
    session.bouncesSlates (5, words);
    other.reset();
    const FakeEngine right (folder.path() / "engine.sock");
    session.bouncesAll();
}

TEST_CASE ("What cannot be opened or read is no silence: a bounce marks it, and says why",
           "[plugin][workspace][faults]")
{
    PluginFixture fixture;
    Session session (fixture.options());
    auto& workspace = session.workspace;
    session.bouncesAll();
    const auto isRefused = [&] (const std::string& why) {
        workspace.settle();
        auto& stage = workspace.player().stage();
        std::vector<float> start (1'000);
        PlanReader reader;
        reader.read (stage.planFor ({ {}, start.size(), true, true }), {}, { std::span (start) });
        (void) stage.planFor ({ {}, 0, false, false });
        CHECK (*std::max_element (start.begin(), start.end()) == Approx (0.1f).margin (1e-3));
        const auto gaps = stage.gaps();
        REQUIRE (gaps.size() == 1);
        CHECK_THAT (gaps[0].why, Contains (why));
        CHECK_THAT (session.says(), Contains (why));
        REQUIRE (eventually ([&] {
            const auto report = workspace.player().lastBounce();
            return report != nullptr && report->places.size() == 1;
        }));
        CHECK (workspace.player().lastBounce()->places[0].title == "the whole");
    };
    const auto whole = *workspace.save();
    SECTION ("a state that was cut")
    {
        workspace.load (whole.substr (0, whole.size() * 97 / 100));
        isRefused ("cut off");
    }
    SECTION ("a state of a newer version")
    {
        workspace.load (R"({"tableread_state": 9, "scenes": []})");
        isRefused ("newer TableRead");
        workspace.discard();
        session.bouncesAll(); // what was there before
    }
    SECTION ("a script that is too long")
    {
        workspace.setScript (std::string (200'000, '\n') + "Anna: The last words.\n");
        isRefused ("lines. Split it");
    }
    SECTION ("a script of another kind")
    {
        workspace.setScript ("1\n00:00:01,000 --> 00:00:02,000\nGood evening.\n");
        isRefused ("which cannot be read yet");
    }
    workspace.load (whole);
    session.bouncesAll();
}

TEST_CASE ("A block waits for recordings on a drive that hangs no longer than a bounce is patient, and once",
           "[plugin][workspace][faults]")
{
    PluginFixture fixture;
    const auto reader = fixture.folder.path() / "reader";
    std::ofstream (reader) << "#!/bin/sh\nexec sleep 60\n";
    std::filesystem::permissions (reader, std::filesystem::perms (0700));
    auto options = fixture.options();
    options.reader.program = reader;
    Session session (options);
    const auto file = fixture.folder.path() / "ben.wav";
    std::ofstream (file) << "no matter what";
    project::Member ben;
    ben.speaker = "Ben";
    ben.isChosen = true;
    ben.moods.emplace_back().voice = { "ben", file };
    REQUIRE (session.workspace.edit (project::SetMember { ben }));
    const auto times = [&] {
        const auto begun = std::chrono::steady_clock::now();
        session.workspace.settle();
        return std::chrono::steady_clock::now() - begun;
    };
    CHECK_FALSE (session.workspace.isSettled());
    const auto first = times(), second = times();
    CHECK (first >= 1s);
    CHECK (first < 10s);
    CHECK (second < 500ms);
}

TEST_CASE ("A session goes on with an engine of another version that takes the place of the one before",
           "[plugin][workspace][faults]")
{
    const TemporaryFolder folder;
    FakeFaults slow;
    slow.frameMs = 10;
    std::optional<FakeEngine> before (std::in_place, folder.path() / "engine.sock", slow);
    Session session (optionsIn (folder.path()));
    REQUIRE (eventually ([&] { return before->jobs() == 2; }));
    before.reset(); // in the middle of a line
    FakeFaults newer;
    newer.version = "9.9.9";
    const FakeEngine engine (folder.path() / "engine.sock", newer);
    session.bouncesAll();
    CHECK (engine.jobs() >= 4);
}
