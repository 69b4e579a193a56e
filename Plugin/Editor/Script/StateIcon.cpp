// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Script/StateIcon.h"

#include "Editor/Look/Theme.h"

namespace tableread::plugin
{
namespace
{
constexpr float thin = 1.5f;

void paintRing (juce::Graphics& g, juce::Rectangle<float> area, float from, float to)
{
    juce::Path ring;
    ring.addCentredArc (area.getCentreX(), area.getCentreY(), area.getWidth() * 0.5f - 1.0f,
                        area.getHeight() * 0.5f - 1.0f, 0.0f, from, to, true);
    g.strokePath (ring, juce::PathStrokeType (thin));
}

void paintTick (juce::Graphics& g, juce::Rectangle<float> area)
{
    juce::Path tick;
    tick.startNewSubPath (area.getX() + 1.5f, area.getCentreY());
    tick.lineTo (area.getX() + area.getWidth() * 0.4f, area.getBottom() - 2.5f);
    tick.lineTo (area.getRight() - 1.0f, area.getY() + 2.5f);
    g.strokePath (tick, juce::PathStrokeType (thin));
}
} // namespace

void paintState (juce::Graphics& g, const LineMark& mark, juce::Rectangle<float> area)
{
    constexpr float turn = juce::MathConstants<float>::twoPi;
    switch (mark.state)
    {
        case LineMark::State::None:
            break;
        case LineMark::State::Queued:
            g.setColour (Theme::dim);
            paintRing (g, area.reduced (2.0f), 0.0f, turn);
            break;
        case LineMark::State::Rendering:
        {
            g.setColour (Theme::accent);
            paintRing (g, area, 0.0f, turn);
            juce::Path pie;
            pie.addPieSegment (area.reduced (2.0f), 0.0f, turn * juce::jlimit (0.0f, 1.0f, mark.progress),
                               0.0f);
            g.fillPath (pie);
            break;
        }
        case LineMark::State::Done:
            g.setColour (Theme::dim);
            paintTick (g, area);
            break;
        case LineMark::State::Stale: // a ring that is open, with an arrow at its end
        {
            g.setColour (Theme::accent);
            paintRing (g, area, 0.15f * turn, 0.9f * turn);
            juce::Path arrow;
            arrow.addTriangle (area.getCentreX() - 2.0f, area.getY() - 1.5f, area.getCentreX() - 2.0f,
                               area.getY() + 4.5f, area.getCentreX() + 3.0f, area.getY() + 1.5f);
            g.fillPath (arrow);
            break;
        }
        case LineMark::State::Failed:
            g.setColour (Theme::bad);
            g.fillEllipse (area);
            g.setColour (Theme::field);
            g.fillRect (area.getCentreX() - 0.75f, area.getY() + 2.5f, 1.5f, 4.5f);
            g.fillRect (area.getCentreX() - 0.75f, area.getBottom() - 3.5f, 1.5f, 1.5f);
            break;
    }
}
} // namespace tableread::plugin
