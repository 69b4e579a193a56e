// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Look/FocusRing.h"

#include "Editor/Look/Theme.h"

namespace tableread::plugin
{
juce::Rectangle<int> FocusRing::getOutlineBounds (juce::Component& component)
{
    const auto* const button = dynamic_cast<juce::Button*> (&component);
    const bool touchesOthers = button != nullptr && button->getConnectedEdgeFlags() != 0;
    const int outside = touchesOthers ? 0 : 3; // a neighbour would cover it
    const auto area = component.getScreenBounds().expanded (outside);
    const auto* parent = component.getParentComponent();
    return parent == nullptr ? area : area.getIntersection (parent->getScreenBounds());
}

/** A dark line within keeps it apart from a bright button. */
void FocusRing::drawOutline (juce::Graphics& g, int width, int height)
{
    constexpr float thick = 2.0f, rounding = 6.0f;
    const auto area = juce::Rectangle<int> (width, height).toFloat().reduced (0.5f * thick);
    g.setColour (Theme::background);
    g.drawRoundedRectangle (area.reduced (thick - 0.5f), rounding - thick, 1.0f);
    g.setColour (Theme::accent);
    g.drawRoundedRectangle (area, rounding, thick);
}

/** Not round a window and what fills it: there the ring would tell nothing, and JUCE would draw it as a window of its own, which
    hides all that is below where nothing blends windows. */
void FocusRings::globalFocusChanged (juce::Component* focused)
{
    if (focused == nullptr)
        return;
    const auto* parent = focused->getParentComponent();
    focused->setHasFocusOutline (parent != nullptr && ! focused->isOnDesktop() &&
                                 focused->getBounds() != parent->getLocalBounds());
}
} // namespace tableread::plugin
