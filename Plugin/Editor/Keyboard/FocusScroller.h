// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::plugin
{
/** Scrolls downwards through what has no room; what gets the keyboard is brought into view. Message thread. */
class FocusScroller : public juce::Viewport, private juce::FocusChangeListener
{
public:
    /** @param content  must outlive it. @param name  of the scroll bar, for screen readers */
    FocusScroller (juce::Component& content, const juce::String& name);
    ~FocusScroller() override;

    void reveal (const juce::Component& part);

private:
    void globalFocusChanged (juce::Component* focused) override;
};
} // namespace tableread::plugin
