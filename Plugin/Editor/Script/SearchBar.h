// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::plugin
{
/** A field for what to find, how often it is there, and buttons for the next one and the one before. Return is the next one,
    Shift and Return the one before, Escape closes. */
class SearchBar : public juce::Component
{
public:
    static constexpr int height = 36;

    SearchBar();

    std::function<void()> onChange;
    std::function<void (bool forwards)> onStep;
    std::function<void()> onClose;

    juce::String wanted() const { return field.getText(); }
    void setWanted (const juce::String& text) { field.setText (text, false); }
    void setCount (const juce::String& text) { count.setText (text, juce::dontSendNotification); }
    juce::String countText() const { return count.getText(); }
    void takeFocus();

    void paint (juce::Graphics& g) override;
    void resized() override;

private:
    class Field : public juce::TextEditor
    {
    public:
        bool keyPressed (const juce::KeyPress& key) override;
    };

    Field field;
    juce::Label count;
    juce::TextButton previous, next, close;
};
} // namespace tableread::plugin
