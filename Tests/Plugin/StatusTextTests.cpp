// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Editor/StatusText.h"
#include "Editor/TakePeaks.h"
#include "Project/LineIds.h"

using namespace tableread;
using namespace tableread::plugin;

namespace
{
using playback::PartState;

/** A project of four lines, of which some are shown. */
class Board
{
public:
    Board()
        : now { .document = std::make_shared<const project::Document> (
                    *project::withScript ({}, "Anna: 1\nBen: 2\n\nAnna: 3\nBen: 4\n")) }
    {}

    /** The next line is so far. */
    void add (PartState state, Take::Ending ending = Take::Ending::Whole)
    {
        auto take = std::make_shared<Take>();
        take->begin ("x");
        take->append (std::vector<float> (24'000, 0.5f));
        if (state == PartState::Done)
            take->finish (ending);
        const auto line = now.document->lines[view.parts.size()]->id.value;
        view.parts.push_back ({ line,
                                state,
                                state == PartState::Failed ? "ada.wav: it is not there" : "",
                                state == PartState::Missing ? nullptr : take,
                                { line, { 0 }, { 48'000 } } });
    }

    Status say()
    {
        now.view = std::make_shared<const playback::View> (view);
        return describe (now, std::nullopt);
    }

    Showing now;
    playback::View view;
};
} // namespace

TEST_CASE ("The status line says what is happening", "[plugin][editor]")
{
    Board board;
    CHECK_THAT (board.say().text, Catch::StartsWith ("Ready."));
    CHECK (describe (board.now, Error { ErrorCode::InvalidInput, "nothing to speak", {} }).isProblem);
    board.now.notes = { "line 2: odd", "line 3: odd" };
    CHECK (board.say().text == "Note: line 2: odd (1 more note)");
    board.now.notes.clear();

    board.add (PartState::Done);
    board.add (PartState::Rendering);
    board.add (PartState::Queued);
    board.now.link.phase = LinkStatus::Phase::Rendering;
    CHECK (board.say().text == "Speaking: 1 of 3 lines done");
    board.now.progress.realTimeFactor = 0.5;
    board.now.progress.secondsLeft = 40.0;
    CHECK (board.say().text ==
           "Speaking: 1 of 3 lines done  \u00b7  2.0\u00d7 real time  \u00b7  0:40.0 left");
    CHECK (board.say().progress == Approx ((1.0 + 0.5 + 0.5) / 3));
    board.now.link.phase = LinkStatus::Phase::Starting;
    CHECK (board.say().text == "Starting the engine\u2026");

    board.view = {};
    board.view.end = { 90LL * 24'000 };
    board.add (PartState::Done);
    board.add (PartState::Missing);
    CHECK (board.say().text == "1 of 2 lines done, about 1:30.0");
    board.now.notes = { "line 2: odd" };
    CHECK_THAT (board.say().text, Catch::EndsWith ("1 note"));
    board.add (PartState::Failed);
    CHECK (board.say().isProblem);
    CHECK (board.say().text == "Line 4: ada.wav: it is not there");
}

TEST_CASE ("The status line counts the script's lines, also where several are one passage",
           "[plugin][editor]")
{
    Board board;
    auto document = *board.now.document;
    auto joined = *document.lines[1];
    joined.joinsPrevious = true;
    document.lines[1] = std::make_shared<const project::Line> (joined);
    board.now.document = std::make_shared<const project::Document> (document);
    board.add (PartState::Done);
    CHECK_THAT (board.say().text, Catch::StartsWith ("Done: 2 lines, "));
    board.view.parts.push_back (board.view.parts.back());
    board.view.parts.back().line = document.lines[2]->id.value;
    board.view.parts.back().state = PartState::Missing;
    CHECK_THAT (board.say().text, Catch::StartsWith ("2 of 3 lines done"));
}

TEST_CASE ("The status line says what a bounce lacks, and what is wrong with the whole", "[plugin][editor]")
{
    Board board;
    board.add (PartState::Done);
    board.now.gaps = {
        { board.now.document->lines[2]->id.value, { 0, { 36'000 }, { 100 } }, "it has no voice." }
    };
    CHECK (board.say().text == "The last bounce has 1 gap, the first at 0:01.5: line 4, it has no voice.");
    CHECK (board.say().isProblem);
    board.now.problems = { { ErrorCode::OutOfMemory, "the disk is full", {} } };
    CHECK (board.say().text == "the disk is full");
    board.now.isReadOnly = true;
    CHECK (board.say().isProblem);
}

TEST_CASE ("The status line counts what is silent while it is played, and then says where",
           "[plugin][editor]")
{
    Board board;
    board.add (PartState::Done);
    const auto done = board.say().text;
    board.now.isPlaying = true;
    CHECK (board.say().text == done);
    board.now.lateSeconds = 2.34;
    CHECK (board.say().text == done + "  \u00b7  0:02.3 of speech came too late to be heard");
    board.add (PartState::Rendering);
    CHECK (board.say().text ==
           "Speaking: 1 of 2 lines done  \u00b7  0:02.3 of speech came too late to be heard");
    CHECK_FALSE (board.say().isProblem);

    board.now.isPlaying = false;
    CHECK (board.say().text == "Speaking: 1 of 2 lines done");
    board.now.played = std::make_shared<const GapReport> (
        GapReport { .hostRateHz = 48'000.0, .places = { { "line 4, Ben", "", { 72'000 }, { 80'000 } } } });
    CHECK (board.say().text ==
           "Speaking: 1 of 2 lines done  \u00b7  Played with 1 gap, the first at 0:01.5: line 4, Ben");
    board.now.played = std::make_shared<const GapReport>();
    CHECK (board.say().text == "Speaking: 1 of 2 lines done");
}

TEST_CASE ("All gaps are listed, but not a whole page of them", "[plugin][editor]")
{
    Board board;
    CHECK (gapList (board.now).empty());
    GapReport report { .places = { { "line 4, Ben", "it has no voice", { 24'000 }, { 48'000 } } } };
    board.now.bounced = std::make_shared<const GapReport> (report);
    const auto bounced = gapList (board.now);
    CHECK (bounced + "\n" == toText (report, "The bounce"));
    report.places.resize (15, report.places[0]);
    board.now.played = std::make_shared<const GapReport> (report);
    const auto both = gapList (board.now);
    CHECK_THAT (both, Catch::StartsWith (bounced + "\nWhat was played has 15 gaps") &&
                          Catch::EndsWith ("\nand 3 more"));
    CHECK (std::count (both.begin(), both.end(), '\n') == 15);
}

TEST_CASE ("The status line says how far an engine's start is", "[plugin][editor]")
{
    using Step = StartProgress::Step;
    Board board;
    board.add (PartState::Queued);
    board.now.link.phase = LinkStatus::Phase::Starting;
    const auto text = [&] (const StartProgress& start) {
        board.now.link.start = start;
        return board.say().text;
    };
    using std::chrono::milliseconds;
    CHECK (text ({ Step::Starting, milliseconds (1'000) }) == "Starting the engine\u2026");
    CHECK (text ({ Step::Starting, milliseconds (3'900) }) == "Starting the engine\u2026  3 s");
    CHECK (text ({ Step::Loading, milliseconds (12'000), "big", 5'400'000'000 }) ==
           "Loading big (5.4 GB)\u2026  12 s");
    CHECK (text ({ Step::Loading, milliseconds (1'000), "mini", 53'000'000, 0.4f }) ==
           "Loading mini (53 MB)\u2026  1 s  \u00b7  40 %");
    CHECK (text ({ Step::Loading, milliseconds (0) }) == "Loading the model\u2026  0 s");
    CHECK (text ({ Step::Silent, milliseconds (9'000) }) == "The engine has not answered for 9 s\u2026");
    CHECK (text ({ Step::Replacing }) == "Ending an engine of another version\u2026");
}

TEST_CASE ("The status line says what safe mode is about", "[plugin][editor]")
{
    Board board;
    board.add (PartState::Failed);
    board.now.link.safeMode = SafeMode { "the engine ended with exit code 3", "/run/tableread/engine.log" };
    const auto status = board.say();
    CHECK (status.isProblem);
    CHECK (status.text ==
           "Safe mode: the engine ended with exit code 3. Log: /run/tableread/engine.log. Press Safe "
           "mode to try again, or to speak with the embedded model.");
    board.now.link.safeMode = SafeMode { "settings.toml:3: modles is not a setting. Did you mean models?" };
    CHECK (board.say().text ==
           "Safe mode: settings.toml:3: modles is not a setting. Did you mean models? Press Safe mode to try "
           "again, or to speak with the embedded model.");
    board.add (PartState::Rendering);
    CHECK_FALSE (board.say().isProblem);
}

TEST_CASE ("The status line names no line where the engine is at fault, and says how long nothing has come",
           "[plugin][editor]")
{
    Board board;
    board.add (PartState::Rendering);
    board.now.link.phase = LinkStatus::Phase::Rendering;
    board.now.link.quiet = std::chrono::milliseconds (9'900);
    CHECK (board.say().text == "Speaking: 0 of 1 line done");
    board.now.link.quiet = std::chrono::milliseconds (12'300);
    CHECK (board.say().text == "Speaking: 0 of 1 line done  \u00b7  nothing from the engine for 12 s");

    auto take = std::make_shared<Take>();
    take->fail ({ ErrorCode::NotFound, "tableread-engine is not installed", {} }, Take::Fault::Engine);
    board.view.parts[0].state = PartState::Failed;
    board.view.parts[0].reason = take->error().text();
    board.view.parts[0].take = take;
    CHECK (board.say().text == "tableread-engine is not installed");
    CHECK (board.say().isProblem);
}

TEST_CASE ("The status line says why a script has no lines, unless it is empty", "[plugin][editor]")
{
    Showing now;
    const auto says = [&] (const std::string& script, const Error& why) {
        auto document = *now.document;
        document.script = std::make_shared<const std::string> (script);
        now.document = std::make_shared<const project::Document> (document);
        now.scriptProblem = why;
        return describe (now, std::nullopt);
    };
    const Error nothing { ErrorCode::InvalidInput, "the script has nothing to speak.", {} };
    CHECK_THAT (says ("", nothing).text, Catch::StartsWith ("Ready."));
    CHECK_THAT (says (" \n\t\n", nothing).text, Catch::StartsWith ("Ready."));
    CHECK (says ("# Act one\n", nothing).text == nothing.message);
    CHECK_FALSE (says ("# Act one\n", nothing).isProblem);
    const Error large { ErrorCode::OutOfRange, "the script has more than 10 lines to speak. Split it.", {} };
    CHECK (says ("Anna: One.\n", large).text == large.message);
    CHECK (says ("Anna: One.\n", large).isProblem);
}

TEST_CASE ("The status line names a line that was cut off", "[plugin][editor]")
{
    Board board;
    board.view.end = { 48'000 };
    board.add (PartState::Done);
    board.add (PartState::Done);
    CHECK (board.say().text == "Done: 2 lines, 0:02.0");
    board.add (PartState::Done, Take::Ending::CutOff);
    CHECK (board.say().text ==
           "Done: 3 lines, 0:02.0  \u00b7  line 4 reached the length limit: its end may be missing");
    board.add (PartState::Done, Take::Ending::CutOff);
    CHECK_THAT (board.say().text, Catch::Contains ("line 4 reached") && Catch::EndsWith ("(1 more line)"));
}

TEST_CASE ("Times are rounded as a whole", "[plugin][editor]")
{
    CHECK (clockText (0.0) == "0:00.0");
    CHECK (clockText (-3.0) == "0:00.0");
    CHECK (clockText (59.97) == "1:00.0");
    CHECK (clockText (3599.94) == "59:59.9");
    CHECK (clockText (3661.04) == "1:01:01.0");
    CHECK (clockText (18'772.5) == "5:12:52.5");
}

TEST_CASE ("Peaks of a growing take are those of the whole", "[plugin][editor]")
{
    auto take = std::make_shared<Take>();
    TakePeaks growing (take);
    for (int i = 0; i < 50; ++i)
    {
        take->append (std::vector<float> (77, (float) (i % 7) - 3.0f));
        CHECK (growing.update());
    }
    CHECK_FALSE (growing.update());
    TakePeaks whole (take);
    whole.update();
    std::int64_t different = 0;
    for (std::int64_t at = 0; at < 50LL * 77; at += TakePeaks::step)
    {
        const auto a = growing.between (at, at + 1), b = whole.between (at, at + 1);
        different += a.low != b.low || a.high != b.high;
    }
    CHECK (different == 0);
    CHECK (whole.between (0, 50LL * 77).high == 3.0f);
    CHECK (whole.between (0, 50LL * 77).low == -3.0f);
    CHECK (whole.loudest() == 3.0f);
    CHECK (whole.between (1'000'000, 2'000'000).high == 0.0f);
}

TEST_CASE ("The status line says how many locked lines play older words", "[plugin][editor]")
{
    Board board;
    board.add (PartState::Done);
    board.add (PartState::Stale);
    CHECK_THAT (board.say().text,
                Catch::StartsWith ("Done: 2 lines, ") &&
                    Catch::EndsWith ("  \u00b7  1 locked line plays older words, voices or settings"));
    board.add (PartState::Stale);
    CHECK_THAT (board.say().text, Catch::EndsWith ("2 locked lines play older words, voices or settings"));
}
