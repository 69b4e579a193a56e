// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Script/Editor.h"

#include "Editor/Script/Look.h"

namespace tableread::plugin
{
void ScriptEditor::mouseDown (const juce::MouseEvent& event)
{
    completions.offer ({}, {});
    const auto area = textArea();
    isDragging = false;
    if (event.x < gutterWidth() && ! event.mods.isPopupMenu())
    {
        const auto line = lineAt (event.getPosition());
        if (! line)
            return;
        if (event.x < look::markWidth && markOf (*line).state == LineMark::State::Failed)
            return retryAt (*line);
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

void ScriptEditor::mouseDrag (const juce::MouseEvent& event)
{
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

void ScriptEditor::openMenu()
{
    const bool hasChosen = ! model.selection().isEmpty();
    const auto line = model.caret().line;
    const auto add = [this] (juce::PopupMenu& menu, const char* name, bool isEnabled, auto action) {
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
    add (menu, "Undo", onUndo != nullptr, press ('z'));
    add (menu, "Redo", onRedo != nullptr, press ('y'));
    menu.addSeparator();
    add (menu, "Cut", hasChosen, press ('x'));
    add (menu, "Copy", hasChosen, press ('c'));
    add (menu, "Paste", true, press ('v'));
    add (menu, "Select All", ! model.buffer().isEmpty(), press ('a'));
    menu.addSeparator();
    add (menu, "Find", true, press ('f'));
    menu.showMenuAsync (juce::PopupMenu::Options().withTargetScreenArea (localAreaToGlobal (caretBounds())));
}
} // namespace tableread::plugin
