// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/EmptyState.h"

#include "Editor/Look/Theme.h"

namespace tableread::plugin
{
namespace
{
constexpr int mostWidth = 440, stepHeight = 58, numberWidth = 40, titleHeight = 40;
} // namespace

EmptyState::EmptyState (PlayedBy player)
    : steps { Step { "Type or paste a script",
                     player == PlayedBy::App
                         ? "Anna: Good evening.   Or drop a script or project on this window."
                         : "A line for each speech:   Anna: Good evening." },
              Step { "Give each speaker a voice",
                     "Drop a recording on a member of the cast, or choose one there." },
              Step { player == PlayedBy::App ? "Press Play" : "Press Render, then play in the host",
                     "Lines sound as soon as their first seconds are rendered." } }
{
    setInterceptsMouseClicks (false, false);
    setTitle ("What to do first");
    auto description = juce::String();
    for (const auto& step : steps)
        description << step.action << ". " << step.detail << ' ';
    setDescription (description.trim());
}

void EmptyState::paint (juce::Graphics& g)
{
    auto area = getLocalBounds().reduced (16, 8);
    area = area.withSizeKeepingCentre (juce::jmin (area.getWidth(), mostWidth),
                                       juce::jmin (area.getHeight(), titleHeight + 3 * stepHeight));
    g.setColour (Theme::text);
    g.setFont (Theme::font (18.0f, true));
    g.drawText ("Nothing to read yet", area.removeFromTop (titleHeight), juce::Justification::topLeft);
    const auto height = area.getHeight() / (int) steps.size();
    for (std::size_t i = 0; i < steps.size(); ++i)
    {
        auto row = area.removeFromTop (height);
        const auto circle = row.removeFromLeft (numberWidth).withHeight (26).withWidth (26);
        g.setColour (Theme::line);
        g.fillEllipse (circle.toFloat());
        g.setColour (Theme::accent);
        g.setFont (Theme::font (15.0f, true));
        g.drawText (juce::String ((int) i + 1), circle, juce::Justification::centred);
        g.setColour (Theme::text);
        g.setFont (Theme::font (16.0f));
        g.drawText (steps[i].action, row.removeFromTop (24), juce::Justification::centredLeft);
        g.setColour (Theme::dim);
        g.setFont (Theme::font (14.0f));
        g.drawFittedText (steps[i].detail, row, juce::Justification::topLeft, 2, 0.9f);
    }
}

std::unique_ptr<juce::AccessibilityHandler> EmptyState::createAccessibilityHandler()
{
    return std::make_unique<juce::AccessibilityHandler> (*this, juce::AccessibilityRole::staticText);
}
} // namespace tableread::plugin
