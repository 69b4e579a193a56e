// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Script/CompletionList.h"

#include "Editor/Look/Theme.h"

namespace tableread::plugin
{
namespace
{
constexpr int nameHeight = 24, listWidth = 200, edge = 3;
} // namespace

CompletionList::CompletionList()
{
    setWantsKeyboardFocus (false);
    setMouseClickGrabsKeyboardFocus (false);
    setTitle ("Names");
    setVisible (false);
}

void CompletionList::offer (std::optional<Completion> completion, juce::Rectangle<int> row)
{
    const bool isAnother = ! current || ! completion || current->names != completion->names;
    current = std::move (completion);
    setVisible (current.has_value());
    if (! current)
        return;
    if (isAnother)
        selected = 0;
    const auto height = (int) current->names.size() * nameHeight + 2 * edge;
    const auto room = getParentComponent()->getLocalBounds();
    const bool isBelow = row.getBottom() + height <= room.getBottom() || row.getY() < height;
    setBounds (juce::jlimit (0, std::max (0, room.getWidth() - listWidth), row.getX()),
               isBelow ? row.getBottom() : row.getY() - height, listWidth, height);
    if (isAnother)
        juce::AccessibilityHandler::postAnnouncement (
            juce::String::fromUTF8 (chosen().c_str()),
            juce::AccessibilityHandler::AnnouncementPriority::medium);
    repaint();
}

void CompletionList::step (int rows)
{
    const auto count = (int) current->names.size();
    selected = (selected + rows + count) % count;
    juce::AccessibilityHandler::postAnnouncement (juce::String::fromUTF8 (chosen().c_str()),
                                                  juce::AccessibilityHandler::AnnouncementPriority::medium);
    repaint();
}

void CompletionList::paint (juce::Graphics& g)
{
    if (! current)
        return;
    g.setColour (Theme::panel);
    g.fillRoundedRectangle (getLocalBounds().toFloat(), 4.0f);
    g.setColour (Theme::line);
    g.drawRoundedRectangle (getLocalBounds().toFloat().reduced (0.5f), 4.0f, 1.0f);
    g.setFont (Theme::font (15.0f));
    auto area = getLocalBounds().reduced (edge);
    for (int i = 0; i < (int) current->names.size(); ++i)
    {
        const auto row = area.removeFromTop (nameHeight);
        if (i == selected)
        {
            g.setColour (Theme::line);
            g.fillRoundedRectangle (row.toFloat(), 3.0f);
        }
        g.setColour (Theme::text);
        g.drawText (juce::String::fromUTF8 (current->names[(std::size_t) i].c_str()), row.reduced (7, 0),
                    juce::Justification::centredLeft);
    }
}

void CompletionList::mouseDown (const juce::MouseEvent& event)
{
    if (! current)
        return;
    selected = juce::jlimit (0, (int) current->names.size() - 1, (event.y - edge) / nameHeight);
    if (onChoice)
        onChoice();
}
} // namespace tableread::plugin
