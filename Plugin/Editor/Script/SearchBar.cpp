// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Script/SearchBar.h"

#include "Editor/Look/Theme.h"

namespace tableread::plugin
{
SearchBar::SearchBar()
{
    field.setFont (Theme::font (15.0f));
    field.setIndents (8, 4);
    field.setTitle ("Find in the script");
    field.setTextToShowWhenEmpty ("Find", Theme::dim);
    field.setSelectAllWhenFocused (true);
    field.onTextChange = [this] {
        if (onChange)
            onChange();
    };
    field.onEscapeKey = [this] {
        if (onClose)
            onClose();
    };
    count.setFont (Theme::font (13.0f));
    count.setColour (juce::Label::textColourId, Theme::dim);
    count.setJustificationType (juce::Justification::centredRight);
    const auto setUp = [this] (juce::TextButton& button, const char* text, const char* tip) {
        button.setButtonText (juce::String::fromUTF8 (text));
        button.setTitle (tip);
        button.setTooltip (tip);
        button.setWantsKeyboardFocus (false); // the field's keys do the same
        button.setMouseClickGrabsKeyboardFocus (false);
        addAndMakeVisible (button);
    };
    setUp (previous, "\u2191", "The match before: Shift and Return");
    setUp (next, "\u2193", "The next match: Return");
    setUp (close, "\u00d7", "Close: Escape");
    previous.onClick = [this] { onStep (false); };
    next.onClick = [this] { onStep (true); };
    close.onClick = [this] { onClose(); };
    addAndMakeVisible (field);
    addAndMakeVisible (count);
}

bool SearchBar::Field::keyPressed (const juce::KeyPress& key)
{
    auto* bar = dynamic_cast<SearchBar*> (getParentComponent());
    if (bar == nullptr || ! key.isKeyCode (juce::KeyPress::returnKey))
        return TextEditor::keyPressed (key);
    if (bar->onStep)
        bar->onStep (! key.getModifiers().isShiftDown());
    return true;
}

void SearchBar::takeFocus()
{
    field.grabKeyboardFocus();
    field.selectAll();
}

void SearchBar::paint (juce::Graphics& g)
{
    g.setColour (Theme::panel);
    g.fillRoundedRectangle (getLocalBounds().toFloat(), 4.0f);
}

void SearchBar::resized()
{
    auto area = getLocalBounds().reduced (4);
    close.setBounds (area.removeFromRight (28));
    area.removeFromRight (4);
    next.setBounds (area.removeFromRight (28));
    previous.setBounds (area.removeFromRight (28).translated (-2, 0));
    count.setBounds (area.removeFromRight (96));
    field.setBounds (area);
}
} // namespace tableread::plugin
