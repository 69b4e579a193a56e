// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Playhead.h"

#include <cmath>

namespace tableread::plugin
{
void TimelinePlayhead::place (juce::Rectangle<int> area)
{
    const auto x = std::round (context.model.scale().toX (context.model.playhead()));
    const bool isSeen = x >= 0.0 && x < (double) area.getWidth();
    setVisible (isSeen);
    if (isSeen)
        setBounds (area.withX (area.getX() + (int) x - halfWidth).withWidth (2 * halfWidth + 1));
}

void TimelinePlayhead::paint (juce::Graphics& g)
{
    constexpr float handle = 8.0f;
    const auto middle = (float) halfWidth + 0.5f;
    g.setColour (Theme::text);
    g.fillRect (middle - 0.5f, 0.0f, 1.0f, (float) getHeight());
    juce::Path triangle;
    triangle.addTriangle (middle - 5.5f, 0.0f, middle + 5.5f, 0.0f, middle, handle);
    g.fillPath (triangle);
}
} // namespace tableread::plugin
