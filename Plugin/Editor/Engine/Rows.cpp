// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Engine/Rows.h"

#include <algorithm>
#include <cmath>

#include "Editor/Look/Icons.h"
#include "Editor/Look/Theme.h"

namespace tableread::plugin
{
namespace
{
constexpr float rowsFont = 14.5f;
constexpr int rowsGap = 5, noteIcon = 24;

void styleRow (juce::Label& label, juce::Colour colour)
{
    label.setFont (Theme::font (rowsFont));
    label.setColour (juce::Label::textColourId, colour);
    label.setBorderSize ({});
    label.setJustificationType (juce::Justification::topLeft);
    label.setMinimumHorizontalScale (1.0f);
}

} // namespace

int heightOfText (const juce::String& text, const juce::Font& font, int width)
{
    constexpr int earlier = 4; // than here a label wraps
    juce::AttributedString attributed;
    attributed.append (text, font);
    juce::TextLayout layout;
    layout.createLayout (attributed, (float) std::max (width - earlier, 1));
    return (int) std::ceil (std::max (layout.getHeight(), font.getHeight())) + 2;
}

EngineRows::EngineRows (Values kind, int widthOfNames) : values (kind), nameWidth (widthOfNames)
{
    setInterceptsMouseClicks (false, true); // text alone
}

bool EngineRows::show (const std::vector<TextRow>& wanted)
{
    if (wanted == shown)
        return false;
    shown = wanted;
    while (rows.size() > shown.size())
        rows.pop_back();
    while (rows.size() < shown.size())
    {
        auto& row = *rows.emplace_back (std::make_unique<Row>());
        styleRow (row.name, Theme::dim);
        styleRow (row.value, Theme::text);
        if (values == Values::Numbers)
            row.value.setJustificationType (juce::Justification::topRight);
        addAndMakeVisible (row.name);
        addAndMakeVisible (row.value);
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
    {
        rows[i]->name.setText (juceText (shown[i].name), juce::dontSendNotification);
        rows[i]->value.setText (juceText (shown[i].value), juce::dontSendNotification);
        rows[i]->value.setTitle (juceText (shown[i].name));
    }
    resized();
    return true;
}

int EngineRows::heightOf (const Row& row, int width) const
{
    return std::max (heightOfText (row.value.getText(), row.value.getFont(), width - nameWidth),
                     heightOfText (row.name.getText(), row.name.getFont(), nameWidth));
}

int EngineRows::heightFor (int width) const
{
    int height = 0;
    for (const auto& row : rows)
        height += heightOf (*row, width) + rowsGap;
    return height;
}

void EngineRows::resized()
{
    auto area = getLocalBounds();
    for (const auto& row : rows)
    {
        auto line = area.removeFromTop (heightOf (*row, getWidth()));
        row->name.setBounds (line.removeFromLeft (nameWidth));
        row->value.setBounds (line);
        area.removeFromTop (rowsGap);
    }
}

bool EngineNotes::show (const std::vector<std::string>& sentences)
{
    if (sentences == shown)
        return false;
    shown = sentences;
    labels.clear();
    for (const auto& sentence : shown)
    {
        auto& label = *labels.emplace_back (std::make_unique<juce::Label>());
        styleRow (label, Theme::text);
        label.setText (juceText (sentence), juce::dontSendNotification);
        addAndMakeVisible (label);
    }
    resized();
    repaint();
    return true;
}

int EngineNotes::heightFor (int width) const
{
    int height = 0;
    for (const auto& label : labels)
        height += heightOfText (label->getText(), label->getFont(), width - noteIcon) + rowsGap;
    return height;
}

void EngineNotes::resized()
{
    auto area = getLocalBounds().withTrimmedLeft (noteIcon);
    for (const auto& label : labels)
    {
        label->setBounds (
            area.removeFromTop (heightOfText (label->getText(), label->getFont(), area.getWidth())));
        area.removeFromTop (rowsGap);
    }
}

void EngineNotes::paint (juce::Graphics& g)
{
    constexpr float side = 17.0f;
    for (const auto& label : labels)
        drawIcon (g, Icon::Warning, { 0.0f, (float) label->getY() - 0.5f, side, side }, Theme::accent);
}
} // namespace tableread::plugin
