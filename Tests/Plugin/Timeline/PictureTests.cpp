// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include <catch2/catch.hpp>

#include "Window.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
using juce::KeyPress;
using juce::ModifierKeys;
using playback::PartState;

namespace
{
const char* const pictured =
    "Anna: Good evening. You are late again, and the soup is cold by now.\n"
    "Ben: The train stood still for an hour.\n"
    "Anna: Sit down, then.\n"
    "\u674e\u660e: \u4f60\u597d\uff0c\u665a\u4e0a\u597d\u3002\u706b\u8f66\u665a\u70b9\u4e86\u3002\n"
    "Ben: Thank you. Is there any bread?\n"
    "Anna: No.\n"
    "Yuki: \u3053\u3093\u3070\u3093\u306f\u3002 \uc548\ub155\ud558\uc138\uc694. Hello.\n"
    "Ben: Then I shall go to bed without, as I did yesterday.\n"
    "\u674e\u660e: \u518d\u89c1\uff01\n"
    "Anna: Wait, there is some cake.\n"
    "Yuki: Cake?\n"
    "Ben: Cake!\n";

/** Every state that a clip can have, some with anchors, two that overlap, several writing systems. */
void showAllStates (TimelineWindow& window)
{
    auto& shown = window.scene;
    shown.lengthsMs = { 4100, 2600, 1500, 3300, 2200, 700, 2900, 3000, 1200, 2400, 900, 800 };
    shown.music = HostMusic { { 0.0, 0.0 }, 96.0, 4, 4 };
    shown.beat = shown.music->beat;
    shown.layOut();
    shown.apply (project::SetAnchor { shown.line (3), project::AtSeconds { 7.1 } });
    shown.apply (project::SetAnchor { shown.line (5), project::AtSeconds { 11.4 } });
    shown.apply (project::SetAnchor { shown.line (9), project::AtSeconds { 18.0 } });
    for (const std::size_t line : { 0u, 1u, 2u, 3u, 5u })
        shown.speak (line, 1.0, PartState::Done);
    shown.speak (4, 1.0, PartState::Stale);
    shown.speak (6, 0.55);
    shown.speak (7, 0.2);
    shown.change (8, [] (playback::PartView& part) {
        part.state = PartState::Failed;
        part.reason = "the engine stopped";
    });
    shown.change (9, [] (playback::PartView& part) { part.state = PartState::Queued; });
    window.show (9.3);
}

/** More than a background and lines. */
bool hasManyColours (const juce::Image& image)
{
    std::set<juce::uint32> colours;
    for (int y = 0; y < image.getHeight(); y += 3)
        for (int x = 0; x < image.getWidth(); x += 3)
            colours.insert (image.getPixelAt (x, y).getARGB());
    return colours.size() > 12;
}

/** Into the folder of TABLEREAD_PICTURES, if it is set, for somebody to look at. */
void keepPicture (TimelineWindow& window, const std::string& name)
{
    for (const auto scale : { 1, 2 })
    {
        const auto image = window.picture ((float) scale);
        CHECK (image.getWidth() == window.view.getWidth() * scale);
        CHECK (hasManyColours (image.getClippedImage (window.lanes().getBounds() * scale)));
        const auto* folder = std::getenv ("TABLEREAD_PICTURES");
        if (folder == nullptr)
            continue;
        const auto file =
            juce::File (juce::String::fromUTF8 (folder))
                .getChildFile ("timeline-" + juce::String (name) + "-" + juce::String (scale) + ".png");
        file.deleteFile();
        juce::FileOutputStream stream (file);
        REQUIRE (stream.openedOk());
        CHECK (juce::PNGImageFormat().writeImageToStream (image, stream));
    }
}
} // namespace

TEST_CASE ("Pictures of the timeline at scale 1 and 2", "[plugin][timeline]")
{
    SECTION ("a scene")
    {
        TimelineWindow window (pictured, 1200, 380);
        showAllStates (window);
        window.lanes().mouseMove (
            window.mouse (window.areaOf (1).getCentre(), window.areaOf (1).getCentre(), 0));
        keepPicture (window, "scene");
        window.press (KeyPress::endKey);
        window.press (KeyPress::leftKey, ModifierKeys::shiftModifier);
        window.press (KeyPress::rightKey, ModifierKeys::altModifier); // shows where it will be
        keepPicture (window, "drag");
    }
    SECTION ("every state")
    {
        TimelineWindow window (pictured, 1200, 380);
        showAllStates (window);
        window.scene.apply (project::SetAnchor { window.scene.line (10), project::AtSeconds { 13.0 } });
        window.show (9.3);
        window.view.zoomBy (0.4);
        window.view.setSnap (SnapMode::Beats);
        window.click (window.areaOf (7).getCentre());
        keepPicture (window, "states");
    }
    SECTION ("as small as the window can be")
    {
        TimelineWindow window (pictured, 670, 150);
        showAllStates (window);
        window.press ('+', 0, '+');
        keepPicture (window, "small");
    }
    SECTION ("a close look")
    {
        TimelineWindow window (pictured, 1200, 380);
        showAllStates (window);
        window.view.zoomBy (12.0);
        window.view.zoomBy (2.0);
        keepPicture (window, "close");
    }
    SECTION ("a long script as a whole")
    {
        std::string text;
        for (int i = 0; i < 600; ++i)
            text += "Speaker " + std::to_string (i * 7 % 12 + 1) + ": Some words of theirs.\n";
        TimelineWindow window (text, 1200, 480);
        for (std::size_t i = 0; i < 60; ++i)
            window.scene.speak (i, 1.0, PartState::Done);
        window.show (40.0);
        window.view.zoomBy (0.15);
        keepPicture (window, "long");
        window.view.zoomBy (1e-6);
        keepPicture (window, "whole");
    }
    SECTION ("nothing yet")
    {
        TimelineWindow window ("", 1200, 220);
        window.picture();
        keepPicture (window, "empty");
    }
}
