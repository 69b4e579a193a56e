// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/SidePanel.h"

#include "Editor/Look/Theme.h"

namespace tableread::plugin
{
SidePanel::SidePanel (EngineOperator& engineOperator) : engine (engineOperator)
{
    constexpr std::array names { "Cast", "Takes", "Bounce", "Engine" };
    constexpr int tabsOfThis = 1; // a radio group
    for (std::size_t i = 0; i < tabs.size(); ++i)
    {
        auto& button = tabs.at (i);
        button.setButtonText (names.at (i));
        button.setTitle (names.at (i));
        button.setClickingTogglesState (true);
        button.setRadioGroupId (tabsOfThis, juce::dontSendNotification);
        button.setConnectedEdges ((i > 0 ? juce::Button::ConnectedOnLeft : 0) |
                                  (i + 1 < tabs.size() ? juce::Button::ConnectedOnRight : 0));
        button.setColour (juce::TextButton::buttonColourId, Theme::panel);
        button.setColour (juce::TextButton::buttonOnColourId, Theme::line);
        button.setColour (juce::TextButton::textColourOffId, Theme::dim);
        button.setColour (juce::TextButton::textColourOnId, Theme::text);
        button.onClick = [this, i] {
            if (tabs.at (i).getToggleState())
                show ((Tab) i);
        };
        addAndMakeVisible (button);
    }
    for (auto* part : std::initializer_list<juce::Component*> { &cast, &seed, &takes, &bounce, &engine })
        addChildComponent (part);
    show (Tab::Cast);
}

void SidePanel::show (Tab wanted)
{
    shown = wanted;
    tabs.at ((std::size_t) wanted).setToggleState (true, juce::dontSendNotification);
    cast.setVisible (wanted == Tab::Cast);
    seed.setVisible (wanted == Tab::Cast);
    takes.setVisible (wanted == Tab::Takes);
    bounce.setVisible (wanted == Tab::Bounce);
    engine.setVisible (wanted == Tab::Engine);
}

void SidePanel::setEngineState (const juce::String& name, bool isBad)
{
    auto& button = tabs.at ((std::size_t) Tab::Engine);
    button.setButtonText (name);
    for (const int colour : { juce::TextButton::textColourOffId, juce::TextButton::textColourOnId })
        button.setColour (colour, isBad                                        ? Theme::bad
                                  : colour == juce::TextButton::textColourOnId ? Theme::text
                                                                               : Theme::dim);
}

void SidePanel::setReadOnly (bool isReadOnly)
{
    for (auto* part : std::initializer_list<juce::Component*> { &cast, &seed, &takes, &bounce })
        part->setEnabled (! isReadOnly);
}

void SidePanel::resized()
{
    constexpr int tabHeight = 28, seedHeight = 30, gap = 8;
    auto area = getLocalBounds();
    auto row = area.removeFromTop (tabHeight);
    for (std::size_t i = 0; i + 1 < tabs.size(); ++i)
        tabs.at (i).setBounds (row.removeFromLeft (getWidth() * 22 / 100));
    tabs.back().setBounds (row); // the engine's has the model's name
    area.removeFromTop (gap);
    takes.setBounds (area);
    bounce.setBounds (area);
    engine.setBounds (area);
    seed.setBounds (area.removeFromBottom (seedHeight));
    area.removeFromBottom (gap);
    cast.setBounds (area);
}
} // namespace tableread::plugin
