// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Editor/Timeline/Model/Words.h"
#include "Scene.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
using playback::PartState;
using project::Anchor;
using project::AtBeats;
using project::AtSeconds;
using project::LineId;

namespace
{
const char* const dialogue = "Anna: One.\nBen: Two.\nAnna: Three.\nBen: Four.\n";

project::SetAnchor anchorOf (const project::Edit& edit)
{
    return std::get<project::SetAnchor> (edit);
}

std::optional<Anchor> at (double seconds)
{
    return Anchor { AtSeconds { seconds } };
}
} // namespace

TEST_CASE ("The timeline has a clip for each passage, on its speaker's lane", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    REQUIRE (shown.model.clips().all().size() == 4);
    REQUIRE (shown.model.clips().lanes().size() == 2);
    CHECK (shown.model.clips().lanes()[1].speaker == "Ben");
    CHECK (shown.clip (2).lane == 0);
    CHECK (shown.clip (3).lane == 1);
    CHECK (shown.clip (3).title() == "Four.");
    CHECK (shown.clip (3).start == 6.0);
    CHECK (shown.clip (3).end() == 8.0);
    CHECK (shown.model.clips().end() == 8.0);
    CHECK (shown.model.scale().rangeEnd() == 8.0 + TimelineModel::roomBehind);

    shown.scene.apply (project::SetJoined { shown.scene.line (3), true });
    CHECK (shown.show().isOther);
    REQUIRE (shown.model.clips().all().size() == 3);
    CHECK (shown.clip (2).lineCount == 2);
    project::Member ben;
    ben.speaker = "Ben";
    ben.colour = 0x102030;
    shown.scene.apply (project::SetMember { ben });
    shown.show();
    CHECK (shown.model.clips().lanes()[1].colour.chosen == 0x102030);
    CHECK_FALSE (shown.show().isOther);
}

TEST_CASE ("A view of the document before shows what both have", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    const auto former = shown.scene.view;
    shown.scene.apply (project::SetScript { "Anna: One.\nClara: New.\nBen: Two.\n" });
    shown.scene.view = former;
    shown.show();
    REQUIRE (shown.model.clips().all().size() == 2);
    CHECK (shown.model.clips().speakerOf (shown.clip (1)) == "Ben");
    CHECK (shown.clip (1).lane == 2); // Clara has hers before there is a clip
}

TEST_CASE ("Speech that grows redraws its clip and nothing else", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    const auto take = shown.scene.speak (1, 0.25);
    CHECK (shown.show().isOther);
    CHECK (shown.clip (1).spoken == 0.5);
    CHECK (shown.clip (1).fraction() == 0.25);
    auto news = shown.show();
    CHECK_FALSE (news.isOther);
    CHECK (news.grown.empty());
    take->append (likeSpeech (12'000));
    news = shown.show();
    CHECK_FALSE (news.isOther);
    CHECK (news.grown == std::vector<std::size_t> { 1 });
    CHECK (shown.clip (1).spoken == 1.0);
    shown.scene.change (1, [] (playback::PartView& part) { part.state = PartState::Done; });
    CHECK (shown.show().isOther);
    CHECK (shown.clip (1).fraction() == 1.0);
}

TEST_CASE ("A clip that is dragged gets an anchor, and what follows it moves along", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    shown.model.snap = SnapMode::Off;
    shown.model.beginDrag (shown.scene.line (1));
    shown.model.dragTo (5.25, false);
    CHECK (shown.model.startOf (shown.clip (0)) == 0.0);
    CHECK (shown.model.startOf (shown.clip (1)) == 5.25);
    CHECK (shown.model.startOf (shown.clip (3)) == 9.25); // as it will be
    CHECK (shown.edits.empty());
    shown.model.endDrag();
    REQUIRE (shown.edits.size() == 1);
    CHECK (anchorOf (shown.edits[0]).line == shown.scene.line (1));
    CHECK (anchorOf (shown.edits[0]).anchor == at (5.25));
    CHECK (shown.model.startOf (shown.clip (1)) == 5.25); // until the view says so
    shown.accept();
    CHECK (shown.clip (1).start == 5.25);
    CHECK (shown.clip (3).start == 9.25);
    CHECK (shown.model.startOf (shown.clip (3)) == 9.25);

    shown.scene.apply (project::SetAnchor { shown.scene.line (3), AtSeconds { 12.0 } });
    shown.show();
    shown.drag (1, 6.0);
    shown.accept();
    CHECK (shown.clip (2).start == 8.0);
    CHECK (shown.clip (3).start == 12.0); // it has an anchor of its own
}

TEST_CASE ("A drag that is refused is shown for a moment only", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    shown.drag (1, 5.0, true);
    CHECK (shown.model.startOf (shown.clip (1)) == 5.0);
    for (int i = 0; i < 40; ++i)
        shown.show();
    CHECK (shown.model.startOf (shown.clip (1)) == 2.0);
}

TEST_CASE ("A drag can be taken back, and one to the same place is no edit", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    shown.model.beginDrag (shown.scene.line (1));
    shown.model.dragTo (7.0, true);
    shown.model.cancelDrag();
    CHECK (shown.model.startOf (shown.clip (1)) == 2.0);
    shown.model.endDrag();
    shown.drag (1, 2.0, true);
    CHECK (shown.edits.empty());
}

TEST_CASE ("Clips that are selected together move together, in one edit", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    shown.model.snap = SnapMode::Off;
    shown.model.selection.setAll ({ shown.scene.line (1), shown.scene.line (2) });
    SECTION ("those that follow each other need one anchor")
    {
        shown.drag (2, 5.0);
        REQUIRE (shown.edits.size() == 1);
        CHECK (anchorOf (shown.edits[0]).line == shown.scene.line (1));
        CHECK (anchorOf (shown.edits[0]).anchor == at (3.0));
    }
    SECTION ("each that has an anchor gets another")
    {
        shown.scene.apply (project::SetAnchor { shown.scene.line (2), AtBeats { 10.0 } }); // 5 s
        shown.show();
        shown.drag (1, 3.0);
        REQUIRE (shown.edits.size() == 1);
        const auto& anchors = std::get<project::SetAnchors> (shown.edits[0]).anchors;
        REQUIRE (anchors.size() == 2);
        CHECK (anchors[0].anchor == at (3.0));
        CHECK (anchors[1].anchor == Anchor { AtBeats { 12.0 } }); // 120 quarters a minute
    }
    SECTION ("one that is not selected moves alone")
    {
        shown.scene.apply (project::SetAnchor { shown.scene.line (2), AtSeconds { 5.0 } });
        shown.show();
        shown.drag (0, 1.0);
        REQUIRE (shown.edits.size() == 1);
        CHECK (anchorOf (shown.edits[0]).line == shown.scene.line (0));
    }
}

TEST_CASE ("No clip is dragged before 0, but one that is there stays movable", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    shown.model.snap = SnapMode::Off;
    shown.drag (1, -4.0);
    CHECK (anchorOf (shown.edits.back()).anchor == at (0.0));
    shown.scene.apply (project::SetAnchor { shown.scene.line (0), AtSeconds { -3.0 } });
    shown.show();
    CHECK (shown.model.clips().begin() == -3.0);
    shown.drag (0, -2.0);
    CHECK (anchorOf (shown.edits.back()).anchor == at (-2.0));
    shown.drag (0, -5.0);
    CHECK (anchorOf (shown.edits.back()).anchor == at (-2.0)); // no edit: it is where it may be
}

TEST_CASE ("A drag snaps to the grid and to other clips", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    shown.scene.music = HostMusic { { 0.0, 0.0 }, 120.0, 4, 4 };
    shown.show();
    SECTION ("seconds of the ruler")
    {
        shown.model.snap = SnapMode::Seconds;
        shown.drag (3, 9.34);
        CHECK (anchorOf (shown.edits.back()).anchor == at (9.4)); // 0.2 s at this zoom
    }
    SECTION ("frames of the model")
    {
        shown.model.snap = SnapMode::Frames;
        shown.drag (3, 9.31);
        CHECK (anchorOf (shown.edits.back()).anchor == at (70 * 3200 / 24'000.0));
    }
    SECTION ("beats, as an anchor in beats")
    {
        shown.model.snap = SnapMode::Beats;
        shown.drag (3, 9.6);
        CHECK (anchorOf (shown.edits.back()).anchor == Anchor { AtBeats { 19.0 } });
    }
    SECTION ("the end of another clip, or the start with the own end")
    {
        shown.scene.apply (project::SetAnchor { shown.scene.line (3), AtSeconds { 20.0 } });
        shown.show();
        shown.model.snap = SnapMode::Clips;
        shown.drag (3, 6.06); // the third ends at 6
        CHECK (anchorOf (shown.edits.back()).anchor == at (6.0));
        shown.drag (3, 6.2);
        CHECK (anchorOf (shown.edits.back()).anchor == at (6.2));
        shown.scene.apply (project::SetAnchor { shown.scene.line (2), AtSeconds { 30.0 } });
        shown.show();
        shown.drag (3, 27.95);
        CHECK (anchorOf (shown.edits.back()).anchor == at (28.0));
    }
    SECTION ("the playhead, while it stands")
    {
        shown.model.snap = SnapMode::Clips;
        shown.show (11.3);
        shown.drag (3, 11.25);
        CHECK (anchorOf (shown.edits.back()).anchor == at (11.3));
        shown.show (11.3, true);
        shown.drag (3, 11.25);
        CHECK (anchorOf (shown.edits.back()).anchor == at (11.25));
    }
    SECTION ("nothing, when it is to be free")
    {
        shown.model.snap = SnapMode::Seconds;
        shown.drag (3, 9.375, true);
        CHECK (anchorOf (shown.edits.back()).anchor == at (9.375));
    }
}

TEST_CASE ("A line that has its place in beats keeps one in beats", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    shown.model.snap = SnapMode::Off;
    shown.scene.apply (project::SetAnchor { shown.scene.line (1), AtBeats { 8.0 } });
    shown.show();
    shown.drag (1, 4.25);
    CHECK (anchorOf (shown.edits.back()).anchor == Anchor { AtBeats { 8.5 } });
}

TEST_CASE ("Keys nudge the selection by a step, as one edit", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    CHECK_FALSE (shown.model.nudge (1, false)); // nothing is selected
    shown.model.selection.set (shown.scene.line (1));
    shown.model.snap = SnapMode::Off;
    for (int i = 0; i < 5; ++i)
        CHECK (shown.model.nudge (1, false));
    CHECK (shown.model.nudge (-1, true));
    CHECK (shown.edits.empty());
    shown.model.endDrag();
    REQUIRE (shown.edits.size() == 1);
    CHECK (std::get<AtSeconds> (*anchorOf (shown.edits[0]).anchor).seconds == Approx (2.049));
    shown.accept();
    shown.model.snap = SnapMode::Seconds;
    shown.model.nudge (1, false);
    shown.model.endDrag();
    CHECK (anchorOf (shown.edits.back()).anchor == at (2.2)); // on the grid
}

TEST_CASE ("The selection is moved to the playhead", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    shown.show (12.34);
    CHECK_FALSE (shown.model.moveToPlayhead());
    shown.model.selection.set (shown.scene.line (2));
    CHECK (shown.model.moveToPlayhead());
    CHECK (anchorOf (shown.edits.back()).line == shown.scene.line (2));
    CHECK (anchorOf (shown.edits.back()).anchor == at (12.34));
}

TEST_CASE ("A drag goes on when speech moves the clips meanwhile", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    shown.model.beginDrag (shown.scene.line (3));
    shown.model.dragTo (9.0, true);
    shown.scene.lengthsMs = { 3000 };
    shown.scene.layOut();
    shown.show();
    CHECK (shown.clip (3).start == 7.0);
    CHECK (shown.model.startOf (shown.clip (3)) == 9.0);
    shown.scene.apply (project::SetScript { "Anna: One.\n" });
    shown.show();
    CHECK_FALSE (shown.model.isDragging());
}

TEST_CASE ("Anchors are taken away and given", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    shown.scene.apply (project::SetAnchor { shown.scene.line (1), AtSeconds { 5.0 } });
    shown.scene.apply (project::SetAnchor { shown.scene.line (2), AtSeconds { 8.0 } });
    shown.show();
    CHECK_FALSE (shown.model.removeAnchors());
    shown.model.selection.set (shown.scene.line (2));
    CHECK_FALSE (shown.model.anchorHere());
    CHECK (shown.model.removeAnchors());
    CHECK (anchorOf (shown.edits.back()).line == shown.scene.line (2));
    CHECK_FALSE (anchorOf (shown.edits.back()).anchor);
    shown.accept();
    CHECK (shown.clip (2).start == 7.0);
    shown.model.selection.setAll ({ shown.scene.line (2), shown.scene.line (3) });
    CHECK (shown.model.anchorHere());
    const auto& anchors = std::get<project::SetAnchors> (shown.edits.back()).anchors;
    REQUIRE (anchors.size() == 2);
    CHECK (anchors[1].anchor == at (9.0));
}

TEST_CASE ("Clips are selected one after the other, in time", "[plugin][timeline]")
{
    using Step = TimelineSelection::Step;
    ShownTimeline shown (dialogue);
    shown.scene.apply (project::SetAnchor { shown.scene.line (3), AtSeconds { 3.5 } }); // before the third
    shown.show();
    auto& selection = shown.model.selection;
    const auto move = [&] (Step step, bool extends = false) {
        return selection.move (step, extends, shown.model.clips(), 1.0);
    };
    CHECK (move (Step::Next)); // from what is on the screen
    CHECK (selection.focus() == shown.scene.line (1));
    CHECK (move (Step::Next));
    CHECK (selection.focus() == shown.scene.line (3));
    CHECK (move (Step::Next, true));
    CHECK (selection.focus() == shown.scene.line (2));
    CHECK (selection.lines() == std::set<LineId> { shown.scene.line (2), shown.scene.line (3) });
    CHECK_FALSE (move (Step::Next));
    CHECK (move (Step::Previous, true)); // back
    CHECK (selection.lines() == std::set<LineId> { shown.scene.line (3) });
    CHECK (move (Step::LaneUp));
    CHECK (selection.focus() == shown.scene.line (2));
    CHECK_FALSE (move (Step::LaneUp));
    CHECK (move (Step::LaneDown));
    CHECK (selection.focus() == shown.scene.line (3));
    CHECK (move (Step::First, true));
    CHECK (selection.lines().size() == 3);
    CHECK (move (Step::Last));
    CHECK (selection.lines() == std::set<LineId> { shown.scene.line (2) });
}

TEST_CASE ("The selection knows which clips are there", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    auto& selection = shown.model.selection;
    selection.set (shown.scene.line (0));
    selection.toggle (shown.scene.line (2));
    CHECK (selection.lines().size() == 2);
    selection.toggle (shown.scene.line (2));
    CHECK (selection.lines() == std::set<LineId> { shown.scene.line (0) });
    CHECK (selection.focus() == shown.scene.line (0));
    selection.setAll (shown.model.clipsIn (0, 1, 150.0, 250.0));
    CHECK (selection.lines() == std::set<LineId> { shown.scene.line (0), shown.scene.line (1) });
    selection.setAll (shown.model.clipsIn (1, 1, 150.0, 250.0));
    CHECK (selection.lines() == std::set<LineId> { shown.scene.line (1) });
    shown.scene.apply (project::SetScript { "Anna: One.\nAnna: Three.\n" });
    shown.show();
    CHECK (selection.isEmpty());
    CHECK_FALSE (selection.focus());
}

TEST_CASE ("The uppermost clip is found at a place", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    CHECK (shown.model.clipAt (0, 100.0) == &shown.clip (0));
    CHECK (shown.model.clipAt (1, 100.0) == nullptr);
    CHECK (shown.model.clipAt (0, 200.0) == nullptr);
    shown.scene.apply (project::SetAnchor { shown.scene.line (2), AtSeconds { 1.0 } });
    shown.show();
    CHECK (shown.model.clipAt (0, 150.0) == &shown.clip (2));
    CHECK (shown.model.clipAt (0, 99.0) == &shown.clip (0));
    shown.model.fitAll();
    shown.model.zoom (1e-6, 0.0);
    CHECK (shown.model.clipAt (0, shown.model.scale().toX (0.0) + 3.5) != nullptr); // however small it is
}

TEST_CASE ("A clip is described in words", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue);
    const HostMusic music;
    CHECK (describe (shown.clip (1), "Ben", music) == "Ben: Two. At 0:02.0, 0:02.0 long. Not rendered yet.");
    shown.scene.apply (project::SetAnchor { shown.scene.line (1), AtBeats { 6.0 } });
    shown.scene.speak (1, 0.5);
    shown.show();
    CHECK (describe (shown.clip (1), "Ben", music) ==
           "Ben: Two. At 0:03.0, 0:02.0 long. Rendering, 50 %. Stays at bar 2, beat 3.");
    shown.scene.apply (project::SetAnchor { shown.scene.line (1), AtSeconds { 62.5 } });
    shown.scene.change (1, [] (playback::PartView& part) {
        part.state = PartState::Failed;
        part.reason = "the engine stopped";
    });
    shown.show();
    CHECK (tipFor (shown.clip (1), "Ben", music) == "Ben: Two.\nthe engine stopped\nStays at 1:02.500");
    CHECK (markOf (shown.clip (1)).state == LineMark::State::Failed);
}

TEST_CASE ("The page turns while it plays, until the user scrolls", "[plugin][timeline]")
{
    ShownTimeline shown (dialogue); // 10 s are on the screen
    CHECK (shown.model.follows());
    shown.show (9.0, true);
    CHECK (shown.model.scale().start() == 0.0);
    CHECK (shown.show (10.5, true).isOther);
    CHECK (shown.model.scale().start() == Approx (10.0));
    shown.model.scrollTo (1.0);
    CHECK_FALSE (shown.model.follows());
    shown.show (10.6, true);
    CHECK (shown.model.scale().start() == 1.0);
    SECTION ("a jump brings it back")
    {
        shown.show (22.0, true);
        CHECK (shown.model.scale().start() == Approx (21.5));
    }
    SECTION ("playing anew does")
    {
        shown.show (10.6, false);
        shown.show (11.1, true);
        CHECK (shown.model.follows());
        CHECK (shown.model.scale().start() == Approx (10.6));
    }
    SECTION ("the user does")
    {
        shown.model.setFollows (true);
        shown.show (11.1, true);
        CHECK (shown.model.scale().start() == Approx (10.6));
    }
    SECTION ("not where it is switched off")
    {
        shown.model.setFollows (false);
        shown.show (23.0, true);
        CHECK (shown.model.scale().start() == 1.0);
    }
}
