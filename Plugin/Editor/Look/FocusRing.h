// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::plugin
{
/** The ring around what has the keyboard: outside of it, or as far inside as its parent demands. */
class FocusRing : public juce::FocusOutline::OutlineWindowProperties
{
public:
    juce::Rectangle<int> getOutlineBounds (juce::Component& component) override;
    void drawOutline (juce::Graphics& g, int width, int height) override;
};

/** While it exists, all components of this program have one when they have the keyboard. */
class FocusRings : private juce::FocusChangeListener
{
public:
    FocusRings() { juce::Desktop::getInstance().addFocusChangeListener (this); }
    ~FocusRings() override { juce::Desktop::getInstance().removeFocusChangeListener (this); }

    /** JUCE asks for the ring right after this. */
    void globalFocusChanged (juce::Component* focused) override;
};
} // namespace tableread::plugin
