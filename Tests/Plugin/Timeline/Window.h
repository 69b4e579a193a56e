// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "Editor/Look/Theme.h"
#include "Editor/Timeline/View.h"
#include "Scene.h"

namespace tableread::test
{
/** The timeline without a window: drawn into an image, used by keys and clicks. */
struct TimelineWindow
{
    explicit TimelineWindow (const std::string& script, int width = 1000, int height = 300) : scene (script)
    {
        view.setLookAndFeel (&theme);
        view.onEdit = [this] (const project::Edit& edit) {
            edits.push_back (edit);
            scene.apply (edit);
        };
        view.setOnLocate ([this] (double seconds) { located = seconds; });
        view.setOnAudition ([this] (project::LineId line) { heard = line; });
        view.setSize (width, height);
        show();
    }

    ~TimelineWindow() { view.setLookAndFeel (nullptr); }

    void show (double playhead = 0.0, bool isPlaying = false)
    {
        view.show (scene.input (playhead, isPlaying));
    }

    bool press (int code, int modifiers = 0, juce::juce_wchar character = 0)
    {
        return view.keyPressed (juce::KeyPress (code, juce::ModifierKeys (modifiers), character));
    }

    plugin::TimelineLanes& lanes() { return const_cast<plugin::TimelineLanes&> (view.clips()); }

    juce::Rectangle<float> areaOf (std::size_t clip)
    {
        return lanes().areaOf (view.model().clips().all()[clip]);
    }

    juce::MouseEvent mouse (juce::Point<float> place, juce::Point<float> from, int modifiers, int clicks = 1)
    {
        const auto now = juce::Time::getCurrentTime();
        return { juce::Desktop::getInstance().getMainMouseSource(),
                 place,
                 juce::ModifierKeys (modifiers),
                 0.0f,
                 0.0f,
                 0.0f,
                 0.0f,
                 0.0f,
                 &lanes(),
                 &lanes(),
                 now,
                 from,
                 now,
                 clicks,
                 place != from };
    }

    /** Into the lanes, as a hand does it. */
    void click (juce::Point<float> place, int modifiers = 0)
    {
        const auto event = mouse (place, place, modifiers | juce::ModifierKeys::leftButtonModifier);
        lanes().mouseDown (event);
        lanes().mouseUp (event);
    }

    void drag (juce::Point<float> from, juce::Point<float> to, int modifiers = 0)
    {
        const auto keys = modifiers | juce::ModifierKeys::leftButtonModifier;
        lanes().mouseDown (mouse (from, from, keys));
        lanes().mouseDrag (mouse ((from + to) * 0.5f, from, keys));
        lanes().mouseDrag (mouse (to, from, keys));
        lanes().mouseUp (mouse (to, from, keys));
    }

    juce::Image picture (float scale = 1.0f)
    {
        return view.createComponentSnapshot (view.getLocalBounds(), true, scale);
    }

    /** Pixels of about this colour in a part of the lanes. */
    int pixels (juce::Colour colour, std::optional<juce::Rectangle<float>> part = {})
    {
        const auto image = picture();
        const auto area = (part ? part->getSmallestIntegerContainer() : lanes().getLocalBounds())
                              .getIntersection (lanes().getLocalBounds()) +
                          lanes().getPosition();
        int count = 0;
        for (int y = area.getY(); y < area.getBottom(); ++y)
            for (int x = area.getX(); x < area.getRight(); ++x)
            {
                const auto pixel = image.getPixelAt (x, y);
                count += std::abs (pixel.getRed() - colour.getRed()) <= 3 &&
                         std::abs (pixel.getGreen() - colour.getGreen()) <= 3 &&
                         std::abs (pixel.getBlue() - colour.getBlue()) <= 3;
            }
        return count;
    }

    juce::ScopedJuceInitialiser_GUI juce;
    plugin::Theme theme;
    TimelineScene scene;
    std::vector<project::Edit> edits;
    std::optional<double> located;
    project::LineId heard;
    plugin::TimelineView view;
};
} // namespace tableread::test
