// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Script/Editor.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "Editor/Script/Look.h"
#include "Editor/StatusText.h"
#include "Editor/Text/Drawing.h"

namespace tableread::plugin
{
void ScriptEditor::mouseDown (const juce::MouseEvent& event)
{
    completions.offer ({}, {});
    if (onVisit)
        onVisit();
    rowDrag.reset();
    const auto area = textArea();
    isDragging = false;
    if (event.x < gutterWidth() && ! event.mods.isPopupMenu())
    {
        const auto line = lineAt (event.getPosition());
        if (! line)
            return;
        if (event.x < look::markWidth && markOf (*line).state == LineMark::State::Failed)
            return retryAt (*line);
        if (onMove && isWholeRow (*line))
        {
            rowDrag = RowDrag { .rows = selectedRows(), .pressedY = event.y, .pressed = *line };
            beginDragAutoRepeat (50);
            return;
        }
        dragUnit = TextModel::Unit::Line;
        model.selectAt ({ *line, 0 }, dragUnit);
        isDragging = true;
        return show (false);
    }

    const auto [position, isRowEnd] =
        view.positionAt (event.position.x - (float) area.getX(), event.position.y - (float) area.getY());
    const auto chosen = model.selection();
    if (event.mods.isPopupMenu())
    {
        if (position < chosen.from || position > chosen.to || chosen.isEmpty())
            model.placeCaret (position, isRowEnd);
        show();
        return openMenu();
    }
    isDragging = true;
    const auto clicks = event.getNumberOfClicks();
    dragUnit = clicks == 2   ? TextModel::Unit::Word
               : clicks >= 3 ? TextModel::Unit::Line
                             : TextModel::Unit::Character;
    if (event.mods.isShiftDown())
        model.extendTo (position, TextModel::Unit::Character, isRowEnd);
    else if (clicks >= 2)
        model.selectAt (position, dragUnit);
    else
        model.placeCaret (position, isRowEnd);
    beginDragAutoRepeat (50); // it scrolls while the mouse is held outside
    show();
}

/** A line's number is pressed: the lines that are selected as a whole can be moved by it. */
bool ScriptEditor::isWholeRow (std::size_t line) const
{
    const auto [from, to] = model.selection();
    const auto rows = selectedRows();
    const bool endsLine = to.byte == 0 || to.byte == model.buffer().line (to.line).size();
    return from != to && from.byte == 0 && endsLine && line >= rows.first && line <= rows.last;
}

ScriptRows ScriptEditor::selectedRows() const
{
    const auto [from, to] = model.selection();
    return { from.line, to.byte == 0 && to.line > from.line ? to.line - 1 : to.line };
}

void ScriptEditor::selectRows (ScriptRows rows)
{
    const auto last = model.buffer().lineCount() - 1;
    rows.last = std::min (rows.last, last);
    const auto end = rows.last < last ? TextPosition { rows.last + 1, 0 } : model.buffer().end();
    model.select ({ std::min (rows.first, rows.last), 0 }, end);
    show();
}

void ScriptEditor::dragRows (const juce::MouseEvent& event)
{
    constexpr int threshold = 4; // pixels
    auto& drag = *rowDrag;
    if (! drag.isMoving && std::abs (event.y - drag.pressedY) < threshold)
        return;
    drag.isMoving = true;
    const auto area = textArea();
    if (event.y < area.getY() || event.y > area.getBottom())
        view.scrollBy (event.y < area.getY() ? -view.rowHeight() : view.rowHeight());
    const auto seen = view.visibleRows();
    drag.before = seen.empty() ? 0 : seen.back().text.line + 1;
    for (const auto& row : seen)
        if (const auto middle = (float) area.getY() + row.y + 0.5f * view.rowHeight();
            row.text.isFirst && (float) event.y < middle)
        {
            drag.before = row.text.line;
            break;
        }
    if (*drag.before >= drag.rows.first && *drag.before <= drag.rows.last + 1)
        drag.before.reset();
    show (false);
}

void ScriptEditor::mouseUp (const juce::MouseEvent&)
{
    const auto drag = std::exchange (rowDrag, {});
    if (! drag)
        return;
    if (drag->before)
        onMove (drag->rows, *drag->before);
    else if (! drag->isMoving)
        model.selectAt ({ drag->pressed, 0 }, TextModel::Unit::Line);
    show (false);
}

void ScriptEditor::mouseDrag (const juce::MouseEvent& event)
{
    if (rowDrag)
        return dragRows (event);
    if (! isDragging)
        return;
    const auto area = textArea();
    const auto [position, isRowEnd] =
        view.positionAt (event.position.x - (float) area.getX(), event.position.y - (float) area.getY());
    model.extendTo (position, dragUnit, isRowEnd);
    show();
}

void ScriptEditor::mouseWheelMove (const juce::MouseEvent&, const juce::MouseWheelDetails& wheel)
{
    constexpr float rowsATurn = 10.0f;
    view.scrollBy (-wheel.deltaY * rowsATurn * view.rowHeight());
    show (false);
}

juce::MouseCursor ScriptEditor::getMouseCursor()
{
    const auto place = getMouseXYRelative();
    const auto line = onMove && place.x >= 0 && place.x < gutterWidth() ? lineAt (place) : std::nullopt;
    if (rowDrag || (line && isWholeRow (*line)))
        return juce::MouseCursor::DraggingHandCursor;
    return place.x < gutterWidth() ? juce::MouseCursor::NormalCursor : juce::MouseCursor::IBeamCursor;
}

std::optional<std::size_t> ScriptEditor::lineAt (juce::Point<int> place) const
{
    const auto area = textArea();
    for (const auto& row : view.visibleRows())
        if (const auto top = (float) area.getY() + row.y;
            (float) place.y >= top && (float) place.y < top + view.rowHeight())
            return row.text.line;
    return {};
}

juce::String ScriptEditor::tipAt (juce::Point<int> place) const
{
    const auto line = place.x >= 0 && place.x < gutterWidth() ? lineAt (place) : std::nullopt;
    return line ? juce::String::fromUTF8 (wordsFor (markOf (*line)).c_str()) : juce::String();
}

void ScriptEditor::retryAt (std::size_t line)
{
    if (marks != nullptr)
        marks->retry (line);
    repaint();
}

juce::PopupMenu ScriptEditor::makeMenu()
{
    const bool hasChosen = ! model.selection().isEmpty();
    const auto line = model.caret().line;
    const auto add = [this] (juce::PopupMenu& menu, const juce::String& name, bool isEnabled, auto action) {
        menu.addItem (name, isEnabled, false, [self = SafePointer<ScriptEditor> (this), action] {
            if (self != nullptr)
                action (*self);
        });
    };
    const auto press = [] (char letter) {
        return [letter] (ScriptEditor& self) {
            self.keyPressed (juce::KeyPress (letter, juce::ModifierKeys::commandModifier, 0));
        };
    };
    juce::PopupMenu menu;
    menu.setLookAndFeel (&getLookAndFeel());
    if (markOf (line).state == LineMark::State::Failed)
    {
        add (menu, "Render this line again", true, [line] (ScriptEditor& self) { self.retryAt (line); });
        menu.addSeparator();
    }
    const auto addStep = [&] (const char* verb, const std::function<std::string()>& name, char key) {
        const auto step = name ? name() : std::string();
        add (menu, textOf (withName (verb, step)), ! step.empty(), press (key));
    };
    addStep ("Undo", undoName, 'z');
    addStep ("Redo", redoName, 'y');
    menu.addSeparator();
    add (menu, "Cut", hasChosen, press ('x'));
    add (menu, "Copy", hasChosen, press ('c'));
    add (menu, "Paste", true, press ('v'));
    add (menu, "Select All", ! model.buffer().isEmpty(), press ('a'));
    menu.addSeparator();
    if (onMoveByOne)
        for (const bool isUp : { true, false })
            add (menu, isUp ? "Move Up" : "Move Down", ! model.buffer().isEmpty(),
                 [isUp] (ScriptEditor& self) { self.onMoveByOne (self.selectedRows(), isUp); });
    menu.addSeparator();
    add (menu, "Find", true, press ('f'));
    return menu;
}

void ScriptEditor::openMenu()
{
    makeMenu().showMenuAsync (
        juce::PopupMenu::Options().withTargetScreenArea (localAreaToGlobal (caretBounds())));
}
} // namespace tableread::plugin
