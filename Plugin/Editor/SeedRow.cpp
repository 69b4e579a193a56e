// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/SeedRow.h"

#include "Core/Seed.h"
#include "Editor/Theme.h"

namespace tableread::plugin
{
SeedRow::SeedRow()
{
    title.setText ("Seed", juce::dontSendNotification);
    title.setFont (Theme::font (14.0f));
    title.setColour (juce::Label::textColourId, Theme::dim);
    title.setBorderSize ({});
    field.setInputRestrictions (20, "0123456789");
    field.setFont (Theme::font (15.0f));
    field.setIndents (8, 5);
    field.setTitle ("Seed");
    field.setTooltip ("Another seed gives another performance of the same script");
    field.onTextChange = [this] { typed(); };
    shuffleButton.setTooltip (field.getTooltip());
    shuffleButton.onClick = [this] { shuffle(); };
    for (auto* part : std::initializer_list<juce::Component*> { &title, &field, &shuffleButton })
        addAndMakeVisible (part);
}

void SeedRow::show (std::uint64_t seed)
{
    if (! field.hasKeyboardFocus (true))
        field.setText (juce::String (seed), false);
}

void SeedRow::typed()
{
    const auto text = field.getText().toStdString();
    if (const auto number = parseSeed (text.empty() ? "0" : text))
        onSeed (*number);
    else
        onRefused ({ ErrorCode::InvalidInput, "a seed is at most 18446744073709551615", {} });
}

void SeedRow::shuffle()
{
    constexpr int most = 1'000'000; // short enough to be read out
    const auto fresh = (std::uint64_t) juce::Random::getSystemRandom().nextInt (most);
    field.setText (juce::String (fresh), false);
    onSeed (fresh);
}

void SeedRow::resized()
{
    auto area = getLocalBounds();
    title.setBounds (area.removeFromLeft (48));
    shuffleButton.setBounds (area.removeFromRight (80));
    field.setBounds (area.withTrimmedRight (8));
}
} // namespace tableread::plugin
