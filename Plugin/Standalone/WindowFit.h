// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::plugin
{
/** How large everything is drawn, at most `wanted` and at least 1, for a window of the least size to fit the screen.
    @param screen  what a window may cover, at a scale of 1 */
double scaleThatFits (double wanted, juce::Rectangle<int> screen, juce::Rectangle<int> leastWindow);

/** A window as it was left, moved and made smaller so that it is on the screen, as far as its least size allows. */
juce::Rectangle<int> fittedTo (juce::Rectangle<int> screen, juce::Rectangle<int> window,
                               juce::Rectangle<int> leastWindow);
} // namespace tableread::plugin
