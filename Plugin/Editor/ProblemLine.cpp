// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/ProblemLine.h"

#include <utility>

#include "Editor/Look/Theme.h"
#include "Editor/StatusText.h"
#include "Editor/Text/Drawing.h"

namespace tableread::plugin
{
void ProblemLine::report (const Result<void>& done)
{
    auto text = done ? std::string() : sentenceOf (done.error());
    if (text == shown)
        return;
    shown = std::move (text);
    setTitle (textOf (shown));
    if (! shown.empty())
        juce::AccessibilityHandler::postAnnouncement (textOf (shown),
                                                      juce::AccessibilityHandler::AnnouncementPriority::high);
    if (auto* const panel = getParentComponent())
        panel->resized();
    repaint();
}

void ProblemLine::placeAtBottom (juce::Rectangle<int>& area)
{
    setBounds (area.removeFromBottom (shown.empty() ? 0 : height));
}

void ProblemLine::paint (juce::Graphics& g)
{
    g.setColour (Theme::bad);
    drawParagraph (g, faces, shown, { getLocalBounds().toFloat(), 13.0f });
}
} // namespace tableread::plugin
