// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/SeedRow.h"

#include "Core/Seed.h"
#include "Editor/Look/Theme.h"

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
    field.setSelectAllWhenFocused (true);
    field.onReturnKey = field.onFocusLost = [this] { typed(); };
    field.onEscapeKey = [this] {
        put (shown);
        field.giveAwayKeyboardFocus();
    };
    shuffleButton.setTooltip (field.getTooltip());
    shuffleButton.onClick = [this] { shuffle(); };
    for (auto* part : std::initializer_list<juce::Component*> { &title, &field, &shuffleButton })
        addAndMakeVisible (part);
    put (0);
}

void SeedRow::show (std::uint64_t seed)
{
    const bool isTyped = field.getText() != juce::String (shown); // and does not count yet
    if (isTyped)
        shown = seed;
    else
        put (seed);
}

void SeedRow::put (std::uint64_t seed)
{
    shown = seed;
    field.setText (juce::String (seed), false);
}

/** A field that is left with the number that it had changes nothing. */
void SeedRow::typed()
{
    const auto text = field.getText().toStdString();
    const auto number = parseSeed (text.empty() ? "0" : text);
    const auto before = shown;
    put (number.value_or (before));
    if (! number)
        onRefused ({ ErrorCode::InvalidInput, "A seed is at most 18446744073709551615.", {} });
    else if (*number != before)
        onSeed (*number);
}

void SeedRow::shuffle()
{
    constexpr int most = 1'000'000; // short enough to be read out
    put ((std::uint64_t) juce::Random::getSystemRandom().nextInt (most));
    onSeed (shown);
}

void SeedRow::resized()
{
    auto area = getLocalBounds();
    title.setBounds (area.removeFromLeft (48));
    shuffleButton.setBounds (area.removeFromRight (80));
    field.setBounds (area.withTrimmedRight (8));
}
} // namespace tableread::plugin
