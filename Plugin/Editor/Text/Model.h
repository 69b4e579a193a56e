// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "Editor/Text/Boundaries.h"
#include "Editor/Text/Buffer.h"
#include "Editor/Text/Rows.h"

namespace tableread::plugin
{
/** The text of an editor, its rows, its caret and its selection, without a screen. It reports edits and undoes none: who
    owns the text does. */
class TextModel
{
public:
    /** Steps of the caret; rows are those on the screen. */
    enum class Step
    {
        Left,
        Right,
        WordLeft,
        WordRight,
        Up,
        Down,
        PageUp,
        PageDown,
        RowStart,
        RowEnd,
        TextStart,
        TextEnd
    };

    /** What a drag of the mouse adds at a time. */
    enum class Unit
    {
        Character,
        Word,
        Line
    };

    explicit TextModel (TextMeasure& measure); // must outlive it

    /** Called after each edit of the user, and of whoever calls apply(). */
    std::function<void (const TextEdit&)> onEdit;

    /** Called after every change, also by setText(). */
    std::function<void (const TextRange& before, const TextPosition& endNow)> onReplaced;

    const TextBuffer& buffer() const { return text; }
    TextRows& rows() { return layout; }

    /** Another text, which is not reported. What it has in common with the old one at both ends stays as it is, so the
        caret does too. */
    void setText (std::string_view utf8);

    /** An edit as it was reported, or its inverse; reported again. The caret goes behind it. False if the text is another
        by now. */
    bool apply (const TextEdit& edit);

    TextPosition caret() const { return head; }
    bool isCaretAtRowEnd() const { return isAtRowEnd; } // of two rows that share its place it is in the first
    TextRange selection() const;
    std::string selectedText() const { return text.text (selection()); }

    void select (const TextPosition& anchor, const TextPosition& caret);
    void selectAll() { select ({}, text.end()); }

    /** Selects what is at a place, or from what was selected by this first to what is there. */
    void selectAt (const TextPosition& position, Unit unit);
    void extendTo (const TextPosition& position, Unit unit, bool isRowEnd = false);
    void placeCaret (const TextPosition& position, bool isRowEnd = false);

    /** @param pageRows how many rows a page has. */
    void move (Step step, bool extends, int pageRows = 1);

    /** Puts text in the place of the selection. */
    void type (std::string_view utf8);
    void replace (const TextRange& range, std::string_view utf8);

    /** Removes the selection, or what is between the caret and where the step goes. */
    void erase (Step step);

private:
    TextPosition target (Step step, int pageRows);
    TextPosition vertical (int rowCount);
    TextRange unitAt (const TextPosition& position, Unit unit);
    TextPosition put (const TextRange& range, std::string_view clean);
    void change (const TextRange& range, const std::string& clean);

    TextBuffer text;
    Boundaries boundaries;
    TextRows layout;
    TextPosition anchor, head;
    TextRange origin; // what selectAt() selected
    bool isAtRowEnd = false, targetIsRowEnd = false;
    std::optional<float> goal; // the x that moves up and down keep
};
} // namespace tableread::plugin
