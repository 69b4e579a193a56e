// SPDX-License-Identifier: Apache-2.0
#include "Project/Edit.h"

#include <functional>
#include <limits>

#include <catch2/catch.hpp>

#include "Documents.h"

using namespace tableread;
using namespace tableread::project;
using test::documentOf;

namespace
{
const auto notANumber = std::numeric_limits<double>::quiet_NaN();

Member changedMember (const std::function<void (Member&)>& change)
{
    auto member = test::memberWith ("Anna", { "anna", {} });
    change (member);
    return member;
}

SetSettings changedSettings (const std::function<void (Settings&)>& change)
{
    SetSettings edit;
    change (edit.settings);
    return edit;
}

/** Edits that cannot be, on a document with two lines and a take, 3, of the first. */
std::vector<Edit> impossibleEdits()
{
    std::vector<Edit> edits { SetJoined { { 9 }, true },
                              SetAnchor { { 9 }, {} },
                              SetAnchor { { 1 }, AtSeconds { notANumber } },
                              SetAnchor { { 1 }, AtSeconds { -1e9 } },
                              SetAnchor { { 1 }, AtBeats { 1e9 } },
                              SetAnchors { { { { 1 }, AtBeats { 4.0 } }, { { 9 }, {} } } },
                              SetAnchors { { { { 1 }, {} }, { { 2 }, AtBeats { 1e9 } } } },
                              SetLocked { { 9 }, true },
                              Reroll { { { 1 }, { 9 } } },
                              ChooseTake { { 9 }, {} },
                              ChooseTake { { 1 }, { 9 } },
                              ChooseTake { { 2 }, { 3 } }, // of another line
                              ChooseTake { { 1 }, { 4 } }, // not whole
                              PinTake { { 9 }, true },
                              SetScript { "Anna: \xff" } };
    for (const auto& change : std::vector<std::function<void (Member&)>> {
             [] (Member& member) { member.speaker = " "; }, [] (Member& member) { member.moods.clear(); },
             [] (Member& member) { member.moods[0].direction = "softly"; },
             [] (Member& member) { member.moods.push_back (member.moods[0]); },
             [] (Member& member) {
                 member.moods.insert (member.moods.end(), 2, { "sadly", { "x", {} }, {}, {} });
             },
             [] (Member& member) { member.moods[0].voice = {}; },
             [] (Member& member) { member.moods[0].voice.path = "relative.wav"; },
             [] (Member& member) { member.colour = 0x1000000; }, [] (Member& member) { member.bus = 17; },
             [] (Member& member) { member.bus = -1; }, [] (Member& member) { member.gainDb = 24.5; },
             [] (Member& member) { member.gainDb = notANumber; } })
        edits.push_back (SetMember { changedMember (change) });
    for (const auto& change : std::vector<std::function<void (Settings&)>> {
             [] (Settings& settings) { settings.steps = 0; },
             [] (Settings& settings) { settings.steps = 1001; },
             [] (Settings& settings) { settings.patienceSeconds = 0; },
             [] (Settings& settings) { settings.patienceSeconds = 3601; },
             [] (Settings& settings) { settings.guidanceScale = -1.0f; },
             [] (Settings& settings) { settings.guidanceScale = (float) notANumber; },
             [] (Settings& settings) { settings.gaps.sceneMs = -1; },
             [] (Settings& settings) { settings.gaps.lineMs = 600'001; } })
        edits.push_back (changedSettings (change));
    return edits;
}
} // namespace

TEST_CASE ("Each edit changes what it names and nothing else", "[source][project]")
{
    const auto before = documentOf ("Anna: 1\nBen: 2\n");
    auto line = *before.lines[1];
    const auto second = [&before] (const Edit& edit) {
        const auto after = project::apply (before, edit).value();
        CHECK (after.lines[0] == before.lines[0]);
        CHECK (after.script == before.script);
        return *after.lines[1];
    };
    line.joinsPrevious = true;
    CHECK (second (SetJoined { { 2 }, true }) == line);
    line.joinsPrevious = false;
    line.anchor = AtSeconds { -2.5 };
    CHECK (second (SetAnchor { { 2 }, AtSeconds { -2.5 } }) == line);
    line.anchor.reset();
    line.isLocked = true;
    CHECK (second (SetLocked { { 2 }, true }) == line);
    line.isLocked = false;
    line.reroll = 1;
    CHECK (second (Reroll { { { 2 }, { 2 } } }) == line);
}

TEST_CASE ("Several lines are placed in one step", "[source][project]")
{
    const auto before = documentOf ("Anna: 1\nBen: 2\nAnna: 3\n");
    const SetAnchors edit { { { { 3 }, AtBeats { 8.0 } }, { { 1 }, AtSeconds { 1.5 } } } };
    const auto after = project::apply (before, edit).value();
    CHECK (after.lines[0]->anchor == Anchor { AtSeconds { 1.5 } });
    CHECK (after.lines[1] == before.lines[1]);
    CHECK (after.lines[2]->anchor == Anchor { AtBeats { 8.0 } });
    CHECK (nameOf ({}, Edit { edit }) == std::string ("Place Lines"));
    CHECK (nameOf ({}, Edit { SetAnchors { { { { 1 }, {} } } } }) == std::string ("Release Lines"));
}

TEST_CASE ("An edit that cannot be is refused in one sentence", "[source][project][errors]")
{
    auto document = documentOf ("Anna: 1\nBen: 2\n");
    test::addTo (document, test::wholeTake ({ 1 }, "one"));
    auto open = test::wholeTake ({ 1 }, "two");
    open.state = TakeRecord::State::Rendering;
    test::addTo (document, open);
    const auto edits = impossibleEdits();
    for (std::size_t at = 0; at < edits.size(); ++at)
    {
        CAPTURE (at);
        const auto after = project::apply (document, edits[at]); // not std::apply
        REQUIRE (! after);
        CHECK (after.error().code == ErrorCode::InvalidInput);
        CHECK (after.error().message.back() == '.');
    }
    CHECK (apply (document, changedSettings ([] (Settings& settings) { settings.guidanceScale = 100.0f; })));
    CHECK (apply (document, SetMember { changedMember ([] (Member& member) { member.gainDb = -60.0; }) }));
}

TEST_CASE ("A joined line is locked, rolled and chosen with its passage", "[source][project]")
{
    auto document = documentOf ("Anna: 1\nBen: 2\n");
    document = apply (document, SetJoined { { 2 }, true }).value();
    const auto take = test::addTo (document, test::wholeTake ({ 1 }, "one"));
    CHECK (apply (document, Reroll { { { 2 } } }).value().lines[0]->reroll == 1);
    CHECK (apply (document, Reroll { { { 1 }, { 2 } } }).value().lines[0]->reroll == 1);
    CHECK (apply (document, SetLocked { { 2 }, true }).value().lines[0]->isLocked);
    CHECK (apply (document, ChooseTake { { 2 }, take }).value().lines[0]->chosen == take);
}

TEST_CASE ("A take is pinned", "[source][project]")
{
    auto document = documentOf ("Anna: 1\n");
    const auto take = test::addTo (document, test::wholeTake ({ 1 }, "one"));
    const auto pinned = apply (document, PinTake { take, true }).value();
    CHECK (pinned.takes[0]->isPinned);
    CHECK_FALSE (document.takes[0]->isPinned);
    CHECK (apply (pinned, PinTake { take, false }).value() == document);
}

TEST_CASE ("A member is known by its name in any spelling, and keeps what is known of its recordings",
           "[source][project]")
{
    auto document = documentOf ("Anna: 1\n");
    auto member = test::memberWith ("Anna", { "a", "/a.wav" });
    member.moods[0].content = "01";
    document = apply (document, SetMember { member }).value();
    member.moods[0].content.clear();
    member.speaker = "ANNA";
    member.colour = 0xff8800;
    document = apply (document, SetMember { member }).value();
    REQUIRE (document.cast.size() == 1);
    CHECK (document.cast[0]->speaker == "ANNA");
    CHECK (document.cast[0]->colour == 0xff8800);
    CHECK (document.cast[0]->moods[0].content == "01");
    member.moods[0].voice.path = "/b.wav";
    document = apply (document, SetMember { member }).value();
    CHECK (document.cast[0]->moods[0].content.empty());
}

TEST_CASE ("Every edit has a name for the menu", "[source][project]")
{
    CHECK (std::string (nameOf ({}, MoveLines {})) == "Move Lines");
    CHECK (std::string (nameOf ({}, SetLocked { {}, true })) == "Lock Line");
    CHECK (std::string (nameOf ({}, SetLocked { {}, false })) == "Unlock Line");
    CHECK (std::string (nameOf ({}, SetScript {})) == "Edit Script");
}

TEST_CASE ("What is undone of the settings has a name", "[source][project]")
{
    Document before;
    const auto nameOfChange = [&] (const std::function<void (Settings&)>& change) {
        auto settings = before.settings;
        change (settings);
        return std::string (nameOf (before, SetSettings { settings }));
    };
    CHECK (nameOfChange ([] (Settings& set) { set.gaps.sceneMs = 800; }) == "Change Gaps");
    CHECK (nameOfChange ([] (Settings& set) { set.playsSlate = false; }) == "Turn Slate Off");
    CHECK (nameOfChange ([] (Settings& set) { set.patienceSeconds = 5; }) == "Change Patience");
    CHECK (nameOfChange ([] (Settings& set) { set.seed = 1; }) == "Change Seed");
    CHECK (nameOfChange ([] (Settings& set) { set.engine = "/bin/engine"; }) == "Choose Engine");
    CHECK (nameOfChange ([] (Settings& set) { set.steps = 20; }) == "Change Settings");
    before.settings.playsSlate = false;
    CHECK (nameOfChange ([] (Settings& set) { set.playsSlate = true; }) == "Turn Slate On");
}
