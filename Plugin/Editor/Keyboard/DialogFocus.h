// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::plugin
{
/** While it exists, JUCE's dialogs give the keyboard to their first control, a file dialog to the name: left alone, they keep it
    themselves, where Tab goes nowhere. */
class DialogFocus : private juce::FocusChangeListener
{
public:
    DialogFocus() { juce::Desktop::getInstance().addFocusChangeListener (this); }
    ~DialogFocus() override { juce::Desktop::getInstance().removeFocusChangeListener (this); }

private:
    void globalFocusChanged (juce::Component* focused) override;
};
} // namespace tableread::plugin
