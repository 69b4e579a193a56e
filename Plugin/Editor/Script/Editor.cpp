// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Script/Editor.h"

#include <algorithm>
#include <utility>

#include "Editor/Look/Theme.h"
#include "Editor/Script/Look.h"

namespace tableread::plugin
{
ScriptEditor::ScriptEditor (std::shared_ptr<Typefaces> typefaces)
    : faces (std::move (typefaces))
    , measure (faces, look::fontHeight)
    , model (measure)
{
    setTitle ("Script");
    setHelpText ("One line for each time that somebody speaks: Anna: Good evening.");
    setWantsKeyboardFocus (true);
    model.onEdit = [this] (const TextEdit& edit) { edited (edit); };
    scrollBar.setTitle ("Scroll the script");
    scrollBar.setAutoHide (false);
    scrollBar.addListener (this);
    addAndMakeVisible (scrollBar);

    addChildComponent (searchBar);
    searchBar.onChange = [this] {
        search.setWanted (searchBar.wanted().toStdString());
        if (const auto found = search.next (model.buffer(), model.selection().from))
            model.select (found->from, found->to);
        updateCount();
        show();
    };
    searchBar.onStep = [this] (bool forwards) { findNext (forwards); };
    searchBar.onClose = [this] { closeSearch(); };

    addChildComponent (completions);
    completions.onChoice = [this] { acceptCompletion(); };
}

ScriptEditor::~ScriptEditor()
{
    scrollBar.removeListener (this);
}

void ScriptEditor::setText (const std::string& utf8)
{
    model.setText (utf8);
    underlined.clear();
    completions.offer ({}, {});
    isCountOld = true;
    layOut();
}

bool ScriptEditor::apply (const TextEdit& edit)
{
    const bool isDone = model.apply (edit);
    completions.offer ({}, {});
    show();
    return isDone;
}

void ScriptEditor::setMarks (ScriptMarks* source)
{
    marks = source;
    repaint();
}

LineMark ScriptEditor::markOf (std::size_t line) const
{
    return marks == nullptr ? LineMark {} : marks->markOf (line);
}

void ScriptEditor::edited (const TextEdit& edit)
{
    underlined.clear();
    typedAhead.reset();
    isCountOld = true;
    if (edit.linesInserted() != edit.linesRemoved())
        layOut(); // the numbers may need another digit
    if (onEdit)
        onEdit (edit);
    if (auto* handler = getAccessibilityHandler())
        handler->notifyAccessibilityEvent (juce::AccessibilityEvent::textChanged);
}

void ScriptEditor::show (bool revealsCaret)
{
    if (revealsCaret)
        view.reveal (model.caret(), model.isCaretAtRowEnd());
    if (std::exchange (hasNotice, faces->lacksCjk()) != hasNotice)
        layOut(); // it takes room
    scrollBar.setRangeLimits (0.0, (double) view.rowCount(), juce::dontSendNotification);
    scrollBar.setCurrentRange (view.firstRow(), (double) view.rowsInPage(), juce::dontSendNotification);
    if (hasKeyboardFocus (false))
    {
        isCaretShown = true;
        startTimer (500); // blinks from now on
    }
    if (auto* handler = getAccessibilityHandler(); handler != nullptr && revealsCaret)
        handler->notifyAccessibilityEvent (juce::AccessibilityEvent::textSelectionChanged);
    repaint();
}

int ScriptEditor::gutterWidth() const
{
    int digits = 2;
    for (auto lines = model.buffer().lineCount(); lines >= 100; lines /= 10)
        ++digits;
    return look::markWidth + digits * look::digitWidth + 6 + look::stripeWidth;
}

juce::Rectangle<int> ScriptEditor::textArea() const
{
    auto area = getLocalBounds().reduced (0, look::edge);
    if (searchBar.isVisible())
        area.removeFromTop (SearchBar::height);
    if (hasNotice)
        area.removeFromBottom (look::noticeHeight - look::edge);
    area.removeFromLeft (gutterWidth() + look::textGap);
    area.removeFromRight (look::barWidth + look::edge);
    return area;
}

void ScriptEditor::layOut()
{
    const auto area = textArea();
    view.setSize ((float) std::max (40, area.getWidth()), (float) std::max (1, area.getHeight()),
                  (float) look::rowHeight);
    scrollBar.setBounds (getLocalBounds().reduced (2).removeFromRight (look::barWidth));
    searchBar.setBounds (
        getLocalBounds().reduced (3).removeFromTop (SearchBar::height).withTrimmedRight (look::barWidth));
    show (false);
}

void ScriptEditor::resized()
{
    layOut();
}

void ScriptEditor::scrollBarMoved (juce::ScrollBar*, double newStart)
{
    view.scrollToRow (newStart);
    repaint();
}

void ScriptEditor::timerCallback()
{
    isCaretShown = ! isCaretShown;
    repaint (caretBounds());
    if (isCountOld && searchBar.isVisible())
        updateCount();
    if (! hasKeyboardFocus (true))
        stopTimer();
}

void ScriptEditor::focusGained (FocusChangeType cause)
{
    if (cause == focusChangedDirectly && leaveOnClick.wasJustLeft())
    {
        juce::MessageManager::callAsync ([self = SafePointer<ScriptEditor> (this)] {
            if (self != nullptr)
                self->giveAwayKeyboardFocus();
        });
        return;
    }
    if (onVisit)
        onVisit();
    show (false);
}

void ScriptEditor::focusLost (FocusChangeType)
{
    completions.offer ({}, {});
    repaint();
}

void ScriptEditor::openSearch()
{
    searchBar.setVisible (true);
    const auto chosen = model.selection();
    if (! chosen.isEmpty() && chosen.from.line == chosen.to.line)
    {
        searchBar.setWanted (juce::String::fromUTF8 (model.selectedText().c_str()));
        search.setWanted (model.selectedText());
    }
    updateCount();
    layOut();
    searchBar.takeFocus();
}

void ScriptEditor::closeSearch()
{
    searchBar.setVisible (false);
    layOut();
    grabKeyboardFocus();
}

void ScriptEditor::findNext (bool forwards)
{
    if (search.isEmpty())
        return openSearch();
    const auto chosen = model.selection();
    const auto found =
        forwards ? search.next (model.buffer(), chosen.to) : search.previous (model.buffer(), chosen.from);
    if (found)
        model.select (found->from, found->to);
    updateCount();
    show();
}

void ScriptEditor::updateCount()
{
    isCountOld = false;
    const auto place = model.selection().from;
    const auto count = search.count (model.buffer(), place);
    juce::String words;
    if (! search.isEmpty())
        words = count.all == 0 ? "Not found" : juce::String ((juce::int64) count.all) + " found";
    if (const auto here = search.next (model.buffer(), place);
        count.all > 0 && here == model.selection() && here->from == place)
        words =
            juce::String ((juce::int64) count.before + 1) + " of " + juce::String ((juce::int64) count.all);
    searchBar.setCount (words);
}

juce::String ScriptEditor::notice() const
{
    return faces->lacksCjk() ? juce::String (Typefaces::cjkAdvice) : juce::String();
}
} // namespace tableread::plugin
