// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Editor/Timeline/Context.h"

namespace tableread::plugin
{
/** Draws clips, as far as they are inside the graphics' clip. */
class ClipPainter
{
public:
    ClipPainter (TimelineContext& shown, juce::Graphics& graphics);

    /** @param area of the clip in its lane, of any width; @param isFocused where keys start from. */
    void paint (const TimelineClip& clip, juce::Rectangle<float> area, bool isFocused);

    /** @param isOver the mouse is on the button. */
    void paintPlayButton (juce::Rectangle<float> button, bool isOver);

    /** Where the button is that plays a clip; empty if the clip is too small. */
    static juce::Rectangle<float> playButton (juce::Rectangle<float> area);

private:
    void paintBody (juce::Rectangle<float> area, juce::Colour fill, juce::Colour edge);
    void paintHatching (juce::Rectangle<float> area, juce::Colour colour);
    void paintWave (const TimelineClip& clip, juce::Rectangle<float> area, juce::Colour colour);
    bool isSilent (const TimelineClip& clip) const;
    void paintTitle (const TimelineClip& clip, juce::Rectangle<float> area, juce::Colour colour);
    void paintAnchor (const TimelineClip& clip, juce::Rectangle<float> area, juce::Colour colour);
    void paintFrame (juce::Rectangle<float> area, float thickness);

    TimelineContext& context;
    juce::Graphics& g;
    const juce::Rectangle<float> visible;
    const float columnWidth; // one pixel of the screen
};
} // namespace tableread::plugin
