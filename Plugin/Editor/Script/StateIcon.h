// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Script/Marks.h"

namespace tableread::plugin
{
/** Draws a line's state: each has a shape of its own, so no colour is needed to tell them apart. */
void paintState (juce::Graphics& g, const LineMark& mark, juce::Rectangle<float> area);
} // namespace tableread::plugin
