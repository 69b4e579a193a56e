// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/Drawing.h"

#include <functional>

#include <catch2/catch.hpp>

#include <juce_gui_basics/juce_gui_basics.h>

using namespace tableread::plugin;

namespace
{
/** Draws in white and finds what of the picture is not black. */
juce::Rectangle<int> inkOf (const std::function<void (juce::Graphics&)>& draw)
{
    const juce::Image picture (juce::Image::RGB, 400, 100, true);
    {
        juce::Graphics g (picture);
        g.setColour (juce::Colours::white);
        draw (g);
    }
    juce::Rectangle<int> ink;
    for (int y = 0; y < picture.getHeight(); ++y)
        for (int x = 0; x < picture.getWidth(); ++x)
            if (picture.getPixelAt (x, y).getBrightness() > 0.1f)
                ink = ink.getUnion ({ x, y, 1, 1 });
    return ink;
}
} // namespace

TEST_CASE ("A line of text stays in its area, at the side that was asked for", "[plugin][text]")
{
    const juce::ScopedJuceInitialiser_GUI juce;
    const auto faces = Typefaces::shared();
    const juce::Rectangle<float> area (100.0f, 20.0f, 120.0f, 30.0f);
    const auto ink = [&] (const char* words, juce::Justification side) {
        return inkOf ([&] (auto& g) { drawWords (g, *faces, words, { area, 20.0f, side }); });
    };
    const auto room = area.toNearestInt();
    const auto left = ink ("left", juce::Justification::centredLeft);
    CHECK (room.contains (left));
    CHECK (left.getX() < room.getX() + 4);
    CHECK (left.getRight() < room.getCentreX());
    const auto right = ink ("left", juce::Justification::centredRight);
    CHECK (room.contains (right));
    CHECK (right.getRight() > room.getRight() - 4);
    CHECK (right.getWidth() == Approx (left.getWidth()).margin (1));
    const auto middle = ink ("left", juce::Justification::centred);
    CHECK (middle.getCentreX() == Approx (room.getCentreX()).margin (2));
    const auto cut = ink ("a name that is far too long for this", juce::Justification::centredLeft);
    CHECK (room.contains (cut));
    CHECK (cut.getWidth() > 90);
    CHECK (ink ("\u674e\u534e", juce::Justification::centredLeft).getWidth() > 15); // if only as boxes
    CHECK (widthOf (*faces, "aa", 20.0f) == Approx (2.0f * widthOf (*faces, "a", 20.0f)));
}

TEST_CASE ("A paragraph has as many rows as there is room for", "[plugin][text]")
{
    const juce::ScopedJuceInitialiser_GUI juce;
    const auto faces = Typefaces::shared();
    const auto ink = [&] (float height) {
        return inkOf ([&] (auto& g) {
            drawParagraph (g, faces, "Good evening, ladies and gentlemen, and welcome.",
                           { { 0.0f, 0.0f, 150.0f, height }, 16.0f });
        });
    };
    CHECK (ink (20.0f).getBottom() <= 20);
    CHECK (ink (42.0f).getBottom() > 24);
    CHECK (ink (42.0f).getBottom() <= 42);
    CHECK (ink (42.0f).getRight() <= 151);
    CHECK (ink (90.0f).getBottom() > 46);
}
