// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/Model.h"

#include <algorithm>

#include "Editor/Text/Utf8.h"

namespace tableread::plugin
{
TextModel::TextModel (TextMeasure& measure) : layout (text, measure, boundaries)
{}

TextPosition TextModel::put (const TextRange& range, std::string_view clean)
{
    const auto end = text.replace (range, clean);
    layout.replaced (range, end);
    for (auto* position : { &anchor, &head, &origin.from, &origin.to })
        *position = text.clamped (afterReplacing (*position, range, end));
    isAtRowEnd = false;
    goal.reset();
    if (onReplaced)
        onReplaced (range, end);
    return end;
}

void TextModel::change (const TextRange& range, const std::string& clean)
{
    const TextEdit edit { text.byteOf (range.from), text.text (range), clean, range.from.line };
    placeCaret (put (range, clean));
    if (onEdit)
        onEdit (edit);
}

void TextModel::setText (std::string_view utf8)
{
    const auto fresh = cleanText (utf8);
    const auto old = text.text();
    const auto most = std::min (fresh.size(), old.size());
    std::size_t common = 0;
    while (common < most && fresh[common] == old[common])
        ++common;
    const auto from = text.positionOfByte (common);
    const auto start = text.byteOf (from); // the start of a character
    std::size_t tail = 0;
    while (tail < most - start && fresh[fresh.size() - 1 - tail] == old[old.size() - 1 - tail])
        ++tail;
    while (tail > 0 && startOfCharacter (fresh, fresh.size() - tail) != fresh.size() - tail)
        --tail;
    if (fresh.size() == old.size() && start + tail >= old.size())
        return;
    const auto to = text.positionOfByte (old.size() - tail);
    put ({ from, to }, std::string_view (fresh).substr (start, fresh.size() - tail - start));
    if (start == 0 && tail == 0) // nothing in common: another script
        placeCaret ({});
}

bool TextModel::apply (const TextEdit& edit)
{
    if (edit.at > text.size() || edit.removed.size() > text.size() - edit.at)
        return false;
    const TextRange range { text.positionOfByte (edit.at),
                            text.positionOfByte (edit.at + edit.removed.size()) };
    if (text.text (range) != edit.removed)
        return false;
    change (range, cleanText (edit.inserted));
    return true;
}

TextRange TextModel::selection() const
{
    return { std::min (anchor, head), std::max (anchor, head) };
}

void TextModel::select (const TextPosition& from, const TextPosition& to)
{
    anchor = text.clamped (from);
    head = text.clamped (to);
    origin = { anchor, anchor };
    isAtRowEnd = false;
    goal.reset();
}

void TextModel::placeCaret (const TextPosition& position, bool isRowEnd)
{
    select (position, position);
    isAtRowEnd = isRowEnd;
}

TextRange TextModel::unitAt (const TextPosition& position, Unit unit)
{
    const auto& line = text.line (position.line);
    if (unit == Unit::Character)
        return { position, position };
    if (unit == Unit::Word)
    {
        const auto [from, to] = boundaries.wordAt (line, position.byte);
        return { { position.line, from }, { position.line, to } };
    }
    const bool isLast = position.line + 1 == text.lineCount();
    return { { position.line, 0 },
             isLast ? TextPosition { position.line, line.size() } : TextPosition { position.line + 1, 0 } };
}

void TextModel::selectAt (const TextPosition& position, Unit unit)
{
    const auto found = unitAt (text.clamped (position), unit);
    select (found.from, found.to);
    origin = found;
}

void TextModel::extendTo (const TextPosition& position, Unit unit, bool isRowEnd)
{
    const auto found = unitAt (text.clamped (position), unit);
    const auto kept = unit == Unit::Character ? TextRange { anchor, anchor } : origin;
    const bool isBefore = found.from < kept.from;
    select (isBefore ? kept.to : kept.from, isBefore ? found.from : std::max (found.to, kept.to));
    if (unit == Unit::Character)
        head = found.to;
    else
        origin = kept;
    isAtRowEnd = isRowEnd;
}

void TextModel::move (Step step, bool extends, int pageRows)
{
    const auto chosen = selection();
    targetIsRowEnd = false;
    auto place = target (step, pageRows);
    if (! extends && ! chosen.isEmpty() && (step == Step::Left || step == Step::Right))
        place = step == Step::Left ? chosen.from : chosen.to; // only gives up the selection
    const auto kept = goal;
    select (extends ? anchor : place, place);
    isAtRowEnd = targetIsRowEnd;
    if (step == Step::Up || step == Step::Down || step == Step::PageUp || step == Step::PageDown)
        goal = kept;
}

TextPosition TextModel::target (Step step, int pageRows)
{
    const auto& line = text.line (head.line);
    const bool isAtStart = head.byte == 0, isAtEnd = head.byte == line.size();
    switch (step)
    {
        case Step::Left:
        case Step::WordLeft:
            if (isAtStart)
                return head.line == 0 ? head
                                      : TextPosition { head.line - 1, text.line (head.line - 1).size() };
            return { head.line, step == Step::Left ? boundaries.previousGrapheme (line, head.byte)
                                                   : boundaries.previousWord (line, head.byte) };
        case Step::Right:
        case Step::WordRight:
            if (isAtEnd)
                return head.line + 1 == text.lineCount() ? head : TextPosition { head.line + 1, 0 };
            return { head.line, step == Step::Right ? boundaries.nextGrapheme (line, head.byte)
                                                    : boundaries.nextWord (line, head.byte) };
        case Step::Up:
            return vertical (-1);
        case Step::Down:
            return vertical (1);
        case Step::PageUp:
            return vertical (-pageRows);
        case Step::PageDown:
            return vertical (pageRows);
        case Step::RowStart:
            return { head.line, layout.textOf (layout.placeOf (head, isAtRowEnd)).from };
        case Step::RowEnd:
        {
            const auto row = layout.textOf (layout.placeOf (head, isAtRowEnd));
            targetIsRowEnd = ! row.isLast;
            return { head.line, row.to };
        }
        case Step::TextStart:
            return {};
        case Step::TextEnd:
            return text.end();
    }
    return head;
}

TextPosition TextModel::vertical (int rowCount)
{
    auto place = layout.placeOf (head, isAtRowEnd);
    const auto row = layout.textOf (place);
    if (! goal)
        goal = layout.xOf (row, head.byte);
    const auto before = place;
    for (int i = 0; i < rowCount && layout.next (place); ++i)
    {}
    for (int i = 0; i > rowCount && layout.previous (place); --i)
    {}
    if (place == before) // from the first row up and from the last one down: to its end
        return rowCount < 0 ? TextPosition {} : text.end();
    const auto there = layout.textOf (place);
    const auto byte = layout.byteAt (there, *goal);
    targetIsRowEnd = byte == there.to && ! there.isLast;
    return { there.line, byte };
}

void TextModel::replace (const TextRange& range, std::string_view utf8)
{
    const auto clean = cleanText (utf8);
    if (! range.isEmpty() || ! clean.empty())
        change (range, clean);
}

void TextModel::type (std::string_view utf8)
{
    replace (selection(), utf8);
}

void TextModel::erase (Step step)
{
    auto range = selection();
    if (range.isEmpty())
    {
        const auto place = target (step, 1);
        range = { std::min (head, place), std::max (head, place) };
    }
    replace (range, {});
}
} // namespace tableread::plugin
