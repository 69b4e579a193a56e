// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Editor/Timeline/ClipHandle.h"
#include "Editor/Timeline/ClipPainter.h"
#include "Plugin/Pictures.h"
#include "Window.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
using juce::KeyPress;
using juce::ModifierKeys;
using playback::PartState;

namespace
{
const char* const fourLines = "Anna: One.\nBen: Two.\nAnna: Three.\nBen: Four.\n";

project::SetAnchor lastAnchor (const TimelineWindow& window)
{
    REQUIRE_FALSE (window.edits.empty());
    return std::get<project::SetAnchor> (window.edits.back());
}

double anchorSeconds (const std::optional<project::Anchor>& anchor)
{
    REQUIRE (anchor);
    return std::get<project::AtSeconds> (*anchor).seconds;
}

/** The whole of a clip, but for its title. */
juce::Rectangle<float> waveOf (juce::Rectangle<float> clip)
{
    return clip.withTrimmedTop (20.0f).reduced (3.0f);
}
} // namespace

TEST_CASE ("The timeline draws speech as far as it is rendered", "[plugin][timeline]")
{
    TimelineWindow window (fourLines);
    const auto wave = waveOf (window.areaOf (1));
    const auto colour = Theme::field.interpolatedWith (Theme::speaker (1), 0.9f);
    const auto none = window.pixels (colour, wave);
    const auto take = window.scene.speak (1, 0.5);
    window.show();
    const auto left = window.pixels (colour, wave.withWidth (wave.getWidth() * 0.5f));
    const auto right = window.pixels (colour, wave.withTrimmedLeft (wave.getWidth() * 0.5f + 3.0f));
    CHECK (left > none + 200);
    CHECK (right < 20);
    take->append (likeSpeech (24'000));
    window.show();
    CHECK (window.pixels (colour, wave.withTrimmedLeft (wave.getWidth() * 0.5f + 3.0f)) > 200);
}

TEST_CASE ("A clip's state is seen", "[plugin][timeline]")
{
    TimelineWindow window (fourLines);
    CHECK (window.pixels (Theme::bad) == 0);
    const auto plain = window.picture();
    window.scene.change (1, [] (playback::PartView& part) { part.state = PartState::Failed; });
    window.show();
    CHECK (window.pixels (Theme::bad, window.areaOf (1)) > 20); // the icon and the title
    window.scene.speak (1, 1.0, PartState::Done);
    window.show();
    const auto done = window.pixels (Theme::accent, window.areaOf (1));
    CHECK (done == 0);
    window.scene.speak (1, 1.0, PartState::Stale);
    window.show();
    CHECK (window.pixels (Theme::accent, window.areaOf (1)) > 5);
}

TEST_CASE ("Who is muted, or not solo where others are, is dim on the timeline", "[plugin][timeline]")
{
    TimelineWindow window (fourLines);
    for (const std::size_t clip : { 0u, 1u })
        window.scene.speak (clip, 1.0, PartState::Done);
    window.show();
    const auto set = [&] (const char* speaker, bool isMuted, bool isSolo) {
        project::Member member;
        member.speaker = speaker;
        member.isMuted = isMuted;
        member.isSolo = isSolo;
        window.scene.apply (project::SetMember { member });
        window.show();
    };
    const auto wave = [&] (std::size_t clip) {
        const auto colour = Theme::field.interpolatedWith (Theme::speaker ((int) clip), 0.9f);
        return window.pixels (colour, waveOf (window.areaOf (clip)));
    };
    CHECK (wave (0) > 200);
    CHECK (wave (1) > 200);
    set ("Anna", true, false);
    CHECK (wave (0) < 20);
    CHECK (wave (1) > 200);
    set ("Anna", false, true);
    CHECK (wave (0) > 200);
    CHECK (wave (1) < 20);
    set ("Anna", false, false);
    CHECK (wave (1) > 200);
}

TEST_CASE ("Clips have names, in any writing system", "[plugin][timeline]")
{
    const auto different = [] (const char* one, const char* other) {
        TimelineWindow first (one), second (other);
        const auto area =
            first.areaOf (0).withHeight (20.0f).getSmallestIntegerContainer() + first.lanes().getPosition();
        const auto a = first.picture(), b = second.picture();
        int count = 0;
        for (int y = area.getY(); y < area.getBottom(); ++y)
            for (int x = area.getX(); x < area.getRight(); ++x)
                count += a.getPixelAt (x, y) != b.getPixelAt (x, y);
        return count;
    };
    CHECK (different ("Anna: words\n", "Anna: words\n") == 0);
    CHECK (different ("Anna: wo\n", "Anna: words\n") > 20);
    CHECK (different ("Anna: \u4f60\u597d\n", "Anna: \u4f60\u597d\u4f60\u597d\n") >
           20); // a box, if nothing has it
}

TEST_CASE ("Clicks select, locate and play", "[plugin][timeline]")
{
    TimelineWindow window (fourLines);
    const auto middle = window.areaOf (1).getCentre();
    window.click (middle);
    const auto& selection = window.view.model().selection;
    CHECK (selection.lines() == std::set { window.scene.line (1) });
    CHECK_FALSE (window.located);
    CHECK (window.edits.empty());
    window.click (window.areaOf (2).getCentre(), ModifierKeys::commandModifier);
    CHECK (selection.lines().size() == 2);
    window.click (window.areaOf (3).getCentre(), ModifierKeys::shiftModifier);
    CHECK (selection.lines() == std::set { window.scene.line (2), window.scene.line (3) });
    window.click (window.areaOf (2).getCentre()); // one of several: alone
    CHECK (selection.lines() == std::set { window.scene.line (2) });

    window.click (ClipPainter::playButton (window.areaOf (1)).getCentre());
    CHECK (window.heard == window.scene.line (1));
    CHECK (selection.lines() == std::set { window.scene.line (2) });

    const auto beside =
        juce::Point<float> (window.areaOf (0).getRight() + 12.0f, window.areaOf (0).getCentreY());
    window.click (beside);
    REQUIRE (window.located);
    CHECK (*window.located == Approx (window.view.model().scale().toSeconds (beside.x)));
    CHECK (selection.isEmpty());
    CHECK (window.edits.empty());
}

TEST_CASE ("A clip is dragged by the mouse, and its anchor taken away by a double click",
           "[plugin][timeline]")
{
    TimelineWindow window (fourLines);
    const auto middle = window.areaOf (3).getCentre();
    window.drag (middle, middle.translated (100.0f, 0.0f), ModifierKeys::shiftModifier);
    const auto moved = 100.0 / window.view.model().scale().pixelsPerSecond();
    CHECK (anchorSeconds (lastAnchor (window).anchor) == Approx (6.0 + moved).margin (0.001));
    window.show();
    CHECK (window.view.model().clips().all()[3].isAnchored());

    const auto there = window.areaOf (3).getCentre();
    window.lanes().mouseDoubleClick (window.mouse (there, there, ModifierKeys::leftButtonModifier, 2));
    CHECK_FALSE (lastAnchor (window).anchor);
    window.show();
    CHECK (window.areaOf (3).getX() == middle.x - window.areaOf (3).getWidth() * 0.5f);
    const auto count = window.edits.size();
    window.drag (middle, middle.translated (2.0f, 0.0f)); // a shaky click
    CHECK (window.edits.size() == count);
}

TEST_CASE ("A frame selects what it touches", "[plugin][timeline]")
{
    TimelineWindow window (fourLines);
    const auto from =
        juce::Point<float> (window.areaOf (2).getRight() + 30.0f, window.areaOf (0).getCentreY());
    window.drag (from, window.areaOf (1).getCentre());
    CHECK (window.view.model().selection.lines() ==
           std::set { window.scene.line (1), window.scene.line (2), window.scene.line (3) });
    CHECK_FALSE (window.located);
}

TEST_CASE ("The keyboard reaches everything on the timeline", "[plugin][timeline]")
{
    TimelineWindow window (fourLines);
    const auto& model = window.view.model();
    const auto focus = [&] { return model.selection.focus(); };
    SECTION ("selecting")
    {
        CHECK (window.press (KeyPress::rightKey));
        CHECK (focus() == window.scene.line (0));
        CHECK (window.press (KeyPress::endKey));
        CHECK (focus() == window.scene.line (3));
        CHECK (window.press (KeyPress::upKey));
        CHECK (focus() == window.scene.line (2));
        CHECK (window.press (KeyPress::homeKey, ModifierKeys::shiftModifier));
        CHECK (model.selection.lines().size() == 3);
        CHECK (window.press ('a', ModifierKeys::commandModifier));
        CHECK (model.selection.lines().size() == 4);
        CHECK (window.press (KeyPress::escapeKey));
        CHECK (model.selection.isEmpty());
    }
    SECTION ("moving")
    {
        window.press (KeyPress::endKey);
        CHECK (window.press (KeyPress::rightKey, ModifierKeys::altModifier));
        CHECK (window.press (KeyPress::rightKey, ModifierKeys::altModifier));
        CHECK (window.press (KeyPress::leftKey, ModifierKeys::altModifier | ModifierKeys::shiftModifier));
        CHECK (window.edits.empty());
        CHECK (window.press (KeyPress::leftKey)); // any other key ends it
        REQUIRE (window.edits.size() == 1);
        CHECK (anchorSeconds (lastAnchor (window).anchor) == Approx (6.019));
        window.show();
        window.press (KeyPress::endKey);
        CHECK (window.press (KeyPress::deleteKey));
        CHECK_FALSE (lastAnchor (window).anchor);
        window.show();
        window.press (KeyPress::rightKey, ModifierKeys::altModifier);
        CHECK (window.press (KeyPress::escapeKey)); // takes it back
        window.press (KeyPress::leftKey);
        CHECK (window.edits.size() == 2);
    }
    SECTION ("locating and hearing")
    {
        CHECK_FALSE (window.press (KeyPress::returnKey));
        window.press (KeyPress::endKey);
        CHECK (window.press (KeyPress::returnKey));
        CHECK (window.located == 6.0);
        CHECK (window.press (KeyPress::returnKey, ModifierKeys::shiftModifier));
        CHECK (window.heard == window.scene.line (3));
        window.show (9.5);
        CHECK (window.press (KeyPress::returnKey, ModifierKeys::altModifier));
        CHECK (anchorSeconds (lastAnchor (window).anchor) == 9.5);
    }
    SECTION ("zooming and scrolling")
    {
        const auto before = model.scale().pixelsPerSecond();
        CHECK (window.press ('+', 0, '+'));
        CHECK (model.scale().pixelsPerSecond() == Approx (before * 1.5));
        CHECK (window.press ('-', 0, '-'));
        CHECK (model.scale().pixelsPerSecond() == Approx (before));
        CHECK (window.press (KeyPress::pageDownKey));
        CHECK (model.scale().start() > 5.0);
        CHECK (window.press ('0', ModifierKeys::commandModifier));
        CHECK (model.scale().start() == 0.0);
    }
    SECTION ("the rest is the host's")
    {
        window.press (KeyPress::endKey);
        CHECK_FALSE (window.press (KeyPress::spaceKey, 0, ' '));
        CHECK_FALSE (window.press (KeyPress::tabKey));
        CHECK_FALSE (window.press ('r', 0, 'r'));
        CHECK_FALSE (window.press ('z', ModifierKeys::commandModifier));
    }
}

TEST_CASE ("Selecting far away scrolls there", "[plugin][timeline]")
{
    std::string script;
    for (int i = 0; i < 100; ++i)
        script += (i % 2 == 0 ? "Anna" : "Ben") + std::string (": words\n");
    TimelineWindow window (script);
    window.press (KeyPress::endKey);
    const auto area = window.areaOf (99);
    CHECK (area.getX() >= 0.0f);
    CHECK (area.getRight() <= (float) window.lanes().getWidth());
    window.press (KeyPress::homeKey);
    CHECK (window.areaOf (0).getX() == 0.0f);
}

TEST_CASE ("The wheel scrolls, and zooms with Ctrl where the mouse is", "[plugin][timeline]")
{
    TimelineWindow window (fourLines);
    const auto& scale = window.view.model().scale();
    const juce::Point<float> place (300.0f, 20.0f);
    const auto second = scale.toSeconds (place.x);
    juce::MouseWheelDetails wheel { 0.0f, 0.25f, false, false, false };
    window.view.mouseWheelMove (window.mouse (place, place, ModifierKeys::ctrlModifier), wheel);
    CHECK (scale.pixelsPerSecond() > 80.0);
    CHECK (scale.toSeconds (place.x) == Approx (second));
    wheel.deltaY = -0.25f;
    const auto before = scale.start();
    window.view.mouseWheelMove (window.mouse (place, place, 0), wheel);
    CHECK (scale.start() > before);
}

TEST_CASE ("Each clip on the screen has a name for who cannot see it", "[plugin][timeline]")
{
    TimelineWindow window (fourLines);
    const auto visible = [&] {
        std::vector<juce::String> names;
        for (const auto& handle : window.view.clips().handles())
            if (handle->isVisible())
                names.push_back (handle->getTitle());
        return names;
    };
    REQUIRE (visible().size() == 4);
    CHECK (visible()[1] == "Ben: Two. At 0:02.0, 0:02.0 long. Not rendered yet.");
    for (int i = 0; i < 4; ++i)
        window.press ('+', 0, '+');
    window.press (KeyPress::endKey);
    CHECK (visible().size() < 4);
    const auto handler = window.view.clips().handles().front()->createAccessibilityHandler();
    CHECK (handler->getRole() == juce::AccessibilityRole::listItem);
    window.view.clips().handles().front()->setVisible (true);
    CHECK (handler->getActions().invoke (juce::AccessibilityActionType::focus));
    CHECK (window.view.model().selection.lines().size() == 1);
    CHECK (handler->getCurrentState().isSelected());
}

TEST_CASE ("The ruler has bars if there is a host that has them", "[plugin][timeline]")
{
    TimelineWindow window (fourLines);
    const auto top = window.lanes().getY();
    window.scene.music = HostMusic {};
    window.show();
    CHECK (window.lanes().getY() > top + 10);
}

TEST_CASE ("A playhead that moves leaves the clips alone", "[plugin][timeline]")
{
    TimelineWindow window (fourLines);
    window.show (1.0);
    const auto first = window.picture();
    window.show (3.0);
    const auto second = window.picture();
    window.show (1.0);
    const auto third = window.picture();
    int moved = 0, different = 0;
    for (int y = 0; y < first.getHeight(); ++y)
        for (int x = 0; x < first.getWidth(); ++x)
        {
            moved += first.getPixelAt (x, y) != second.getPixelAt (x, y);
            different += first.getPixelAt (x, y) != third.getPixelAt (x, y);
        }
    CHECK (moved > 200);
    CHECK (moved < 2000); // two lines and their handles
    CHECK (different == 0);
}

TEST_CASE ("The ruler has the script's scenes, which are dragged out", "[plugin][timeline][drag]")
{
    TimelineWindow window (fourLines);
    const auto top = window.lanes().getY();
    window.scene =
        TimelineScene ("Anna: One.\n== The quay ==\nBen: Two.\nAnna: Three.\n== The end ==\nBen: Four.\n");
    window.show();
    CHECK (window.lanes().getY() > top + 10);
    const auto& scenes = window.view.model().clips().scenes();
    REQUIRE (scenes.size() == 3);
    CHECK (scenes[0].title == "Scene 1");
    CHECK (scenes[1].title == "The quay");
    CHECK (scenes[1].start == 2.0);
    CHECK (scenes[1].end == 6.0);

    auto* const ruler = findTitled<TimelineRuler> (window.view, "Time");
    REQUIRE (ruler != nullptr);
    std::vector<int> dragged;
    window.view.sounds().drag = [&] (const playback::Dragged& what, juce::Component& from) {
        CHECK (&from == ruler);
        dragged.push_back (std::get<playback::DraggedScene> (what).scene);
    };
    const auto x = (float) window.view.model().scale().toX (4.0);
    const auto event = [&] (juce::Point<float> place) {
        return window.mouse (place, { x, 8.0f }, juce::ModifierKeys::leftButtonModifier);
    };
    ruler->mouseDown (event ({ x, 8.0f }));
    ruler->mouseDrag (event ({ x, 8.0f })); // not yet
    CHECK (dragged.empty());
    ruler->mouseDrag (event ({ x + 30.0f, 8.0f }));
    ruler->mouseDrag (event ({ x + 40.0f, 8.0f }));
    ruler->mouseUp (event ({ x + 40.0f, 8.0f }));
    CHECK (dragged == std::vector { 1 });
    CHECK_FALSE (window.located);
    ruler->mouseDown (event ({ x, 8.0f }));
    ruler->mouseUp (event ({ x, 8.0f }));
    CHECK (window.located == 2.0); // its start
    ruler->mouseDown (event ({ x, 30.0f }));
    CHECK (window.located == Approx (4.0));
}

TEST_CASE ("What is looped is chosen in the ruler, by its ends, or by the selection", "[plugin][timeline]")
{
    TimelineWindow window (fourLines);
    std::optional<LoopRange> loop;
    auto* const ruler = findTitled<TimelineRuler> (window.view, "Time");
    REQUIRE (ruler != nullptr);
    const auto show = [&] {
        auto input = window.scene.input();
        input.loop = loop;
        window.view.show (input);
    };
    const auto drag = [&] (double from, double to, int keys = 0) {
        const auto& scale = window.view.model().scale();
        const juce::Point<float> start ((float) scale.toX (from), 10.0f), end ((float) scale.toX (to), 10.0f);
        const auto all = keys | juce::ModifierKeys::leftButtonModifier;
        ruler->mouseDown (window.mouse (start, start, all));
        ruler->mouseDrag (window.mouse (end, start, all));
        ruler->mouseUp (window.mouse (end, start, all));
        show();
    };
    drag (1.0, 3.0, juce::ModifierKeys::shiftModifier);
    CHECK (window.located == Approx (3.0)); // the loop is a host's
    window.view.setOnLoop ([&] (double from, double to) { loop = LoopRange { from, to, true }; });
    window.located.reset();
    drag (3.0, 1.0, juce::ModifierKeys::shiftModifier);
    REQUIRE (loop);
    CHECK (loop->from == Approx (1.0));
    CHECK (loop->to == Approx (3.0));
    drag (3.0, 5.0); // its end
    CHECK (loop->to == Approx (5.0));
    drag (1.0, 6.0); // its start, beyond its end
    CHECK (loop->from == Approx (5.0));
    CHECK (loop->to == Approx (6.0));
    CHECK_FALSE (window.located);
    test::picture (window.view, "timeline-loop");

    CHECK_FALSE (window.press ('l', juce::ModifierKeys::shiftModifier)); // nothing is selected
    window.click (window.areaOf (1).getCentre());
    window.click (window.areaOf (2).getCentre(), juce::ModifierKeys::commandModifier);
    CHECK (window.press ('l', juce::ModifierKeys::shiftModifier));
    CHECK (loop == LoopRange { 2.0, 6.0, true });
}

TEST_CASE ("A right click on one of several selected clips is about the clip that was clicked",
           "[plugin][timeline]")
{
    juce::ScopedJuceInitialiser_GUI juce;
    const TimelineScene scene (fourLines);
    TimelineContext context (Typefaces::shared());
    project::LineId asked;
    context.changed = context.visited = [] {};
    context.openMenu = [&] { asked = context.model.focused()->line(); };
    TimelineLanes lanes { context };
    lanes.setSize (1000, 300);
    context.model.setWidth (1000);
    context.model.show (scene.input (0.0, false));
    context.rows.setSize (300, context.model.clips().lanes().size());
    context.model.selection.setAll ({ scene.line (0), scene.line (1), scene.line (2) });
    const auto rightClick = [&] (std::size_t clip) {
        const auto place = lanes.areaOf (context.model.clips().all()[clip]).getCentre();
        const auto now = juce::Time::getCurrentTime();
        lanes.mouseDown ({ juce::Desktop::getInstance().getMainMouseSource(), place,
                           juce::ModifierKeys (juce::ModifierKeys::rightButtonModifier), 0.0f, 0.0f, 0.0f,
                           0.0f, 0.0f, &lanes, &lanes, now, place, now, 1, false });
        return asked;
    };
    CHECK (rightClick (1) == scene.line (1));
    CHECK (context.model.selection.lines().size() == 3);
    CHECK (rightClick (3) == scene.line (3)); // which was not selected
    CHECK (context.model.selection.lines().size() == 1);
}
