// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Lines/Panel.h"

#include <algorithm>
#include <utility>

#include "Editor/Look/Theme.h"
#include "Editor/Script/StateIcon.h"
#include "Editor/Text/Drawing.h"
#include "Project/Lookup.h"

namespace tableread::plugin
{
namespace
{
constexpr int listedRow = 28, fieldRow = 28, markRoom = 24, numberRoom = 44, speakerRoom = 96;
constexpr int everybodyItem = 1;
constexpr std::pair<LineFilter::State, const char*> states[] = {
    { LineFilter::State::Any, "All lines" },   { LineFilter::State::NotRendered, "Not rendered" },
    { LineFilter::State::Changed, "Changed" }, { LineFilter::State::Failed, "Failed" },
    { LineFilter::State::Locked, "Locked" },
};
} // namespace

LinesPanel::LinesPanel (std::shared_ptr<Typefaces> typefaces)
    : faces (std::move (typefaces))
    , list (std::make_unique<juce::ListBox> (juce::String(), static_cast<juce::ListBoxModel*> (this)))
{
    setTitle ("Lines");
    words.setFont (Theme::font (15.0f));
    words.setIndents (8, 4);
    words.setTitle ("Words of the lines");
    words.setTextToShowWhenEmpty ("Words", Theme::dim);
    words.onReturnKey = [this] { list->grabKeyboardFocus(); };
    words.onEscapeKey = [this] { onClose(); };
    speaker.setTitle ("Who speaks");
    speaker.setTooltip ("Who speaks");
    speaker.addItem ("Everybody", everybodyItem);
    speaker.setSelectedId (everybodyItem, juce::dontSendNotification);
    state.setTitle ("How the lines are");
    state.setTooltip ("How the lines are");
    int item = 1;
    for (const auto& [which, name] : states)
        state.addItem (name, item++);
    state.setSelectedId (1, juce::dontSendNotification);
    words.onTextChange = speaker.onChange = state.onChange = [this] { showFiltered(); };
    count.setFont (Theme::font (13.0f));
    count.setColour (juce::Label::textColourId, Theme::dim);
    close.setTooltip ("Close: Escape");
    close.onClick = [this] { onClose(); };
    list->setTitle ("Lines");
    list->setRowHeight (listedRow);
    list->setMultipleSelectionEnabled (true);
    list->setColour (juce::ListBox::backgroundColourId, Theme::field);
    for (auto* part :
         std::initializer_list<juce::Component*> { &words, &speaker, &state, &count, &close, list.get() })
        addAndMakeVisible (part);
}

LinesPanel::~LinesPanel()
{
    list->setModel (nullptr);
}

void LinesPanel::takeFocus()
{
    words.grabKeyboardFocus();
    words.selectAll();
}

LineFilter LinesPanel::filter() const
{
    const auto who = speaker.getSelectedId() - everybodyItem - 1;
    return { .words = words.getText().toStdString(),
             .speaker = who >= 0 ? speakers[(std::size_t) who] : std::string(),
             .state = states[(std::size_t) std::max (0, state.getSelectedItemIndex())].first };
}

/** Who was chosen stays chosen. */
void LinesPanel::fillSpeakers()
{
    auto now = project::speakersOf (*shown);
    if (now == speakers)
        return;
    const auto chosen = filter().speaker;
    speakers = std::move (now);
    speaker.clear (juce::dontSendNotification);
    speaker.addItem ("Everybody", everybodyItem);
    int item = everybodyItem;
    int selected = everybodyItem;
    for (const auto& name : speakers)
    {
        speaker.addItem (textOf (name), ++item);
        selected = name == chosen ? item : selected;
    }
    speaker.setSelectedId (selected, juce::dontSendNotification);
}

void LinesPanel::show (std::shared_ptr<const project::Document> document, const ScriptMarks& marks)
{
    shown = std::move (document);
    shownMarks = &marks;
    fillSpeakers();
    showFiltered();
}

std::vector<project::LineId> LinesPanel::selected() const
{
    std::vector<project::LineId> lines;
    const auto rows = list->getSelectedRows();
    for (int i = 0; i < rows.size(); ++i)
        if (rows[i] < (int) listed.size())
            lines.push_back (listed[(std::size_t) rows[i]].line);
    return lines;
}

/** What is selected and still listed stays so. */
void LinesPanel::showFiltered()
{
    if (shown == nullptr)
        return;
    const auto chosen = selected();
    listed = filtered (*shown, *shownMarks, filter());
    count.setText (juce::String ((juce::int64) listed.size()) + " of " +
                       juce::String ((juce::int64) shown->lines.size()),
                   juce::dontSendNotification);
    juce::SparseSet<int> rows;
    for (int row = 0; row < getNumRows(); ++row)
        if (std::ranges::find (chosen, listed[(std::size_t) row].line) != chosen.end())
            rows.addRange ({ row, row + 1 });
    list->updateContent();
    list->setSelectedRows (rows, juce::dontSendNotification);
    list->repaint();
    if (rows.size() < (int) chosen.size() && onSelect)
        onSelect (selected());
}

void LinesPanel::selectedRowsChanged (int)
{
    if (auto lines = selected(); onSelect && ! lines.empty())
        onSelect (lines);
}

/** The user has come back to what was selected before. */
void LinesPanel::focusOfChildComponentChanged (FocusChangeType)
{
    if (list->hasKeyboardFocus (true))
        selectedRowsChanged (0);
}

void LinesPanel::listBoxItemClicked (int row, const juce::MouseEvent& event)
{
    selectedRowsChanged (row); // also where it was selected before
    if (row < getNumRows() && event.x < markRoom && onRetry &&
        listed[(std::size_t) row].mark.state == LineMark::State::Failed)
        onRetry (listed[(std::size_t) row].row);
}

void LinesPanel::returnKeyPressed (int row)
{
    if (row >= 0 && row < getNumRows() && onGo)
        onGo (listed[(std::size_t) row].row);
}

juce::String LinesPanel::getNameForRow (int row)
{
    return row >= 0 && row < getNumRows() ? textOf (listed[(std::size_t) row].name()) : juce::String();
}

juce::String LinesPanel::getTooltipForRow (int row)
{
    return row >= 0 && row < getNumRows() ? textOf (wordsFor (listed[(std::size_t) row].mark))
                                          : juce::String();
}

bool LinesPanel::keyPressed (const juce::KeyPress& key)
{
    if (key != juce::KeyPress::escapeKey)
        return false;
    onClose();
    return true;
}

void LinesPanel::paintListBoxItem (int row, juce::Graphics& g, int width, int height, bool isSelected)
{
    if (row < 0 || row >= getNumRows())
        return;
    const auto& line = listed[(std::size_t) row];
    auto area = juce::Rectangle<int> (width, height).toFloat();
    if (isSelected)
    {
        g.setColour (Theme::accent.withAlpha (0.16f));
        g.fillRect (area);
    }
    const auto colour = Theme::speaker (line.colour);
    paintState (g, line.mark, area.removeFromLeft ((float) markRoom).withSizeKeepingCentre (12.0f, 12.0f));
    g.setColour (Theme::dim);
    drawWords (g, *faces, std::to_string (line.row + 1),
               { area.removeFromLeft ((float) numberRoom).withTrimmedRight (8.0f), 12.0f,
                 juce::Justification::centredRight });
    g.setColour (colour);
    drawWords (g, *faces, line.speaker,
               { area.removeFromLeft (std::min ((float) speakerRoom, area.getWidth() * 0.3f)), 15.0f });
    g.setColour (Theme::text);
    drawWords (g, *faces, line.text, { area.withTrimmedRight (6.0f), 15.0f });
}

void LinesPanel::paint (juce::Graphics& g)
{
    g.fillAll (Theme::field);
}

void LinesPanel::resized()
{
    constexpr int gap = 6;
    auto area = getLocalBounds();
    auto bar = area.removeFromTop (fieldRow + gap).withTrimmedBottom (gap);
    close.setBounds (bar.removeFromRight (fieldRow));
    bar.removeFromRight (gap);
    count.setBounds (bar.removeFromRight (76));
    const auto third = (bar.getWidth() - 2 * gap) / 3;
    words.setBounds (bar.removeFromLeft (third));
    bar.removeFromLeft (gap);
    speaker.setBounds (bar.removeFromLeft (third));
    bar.removeFromLeft (gap);
    state.setBounds (bar);
    list->setBounds (area);
}
} // namespace tableread::plugin
