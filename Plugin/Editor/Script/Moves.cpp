// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Script/Moves.h"

#include <algorithm>

namespace tableread::plugin
{
namespace
{
/** Lines of a document, from `begin` on, `end` not included. */
struct LineSpan
{
    std::size_t begin = 0, end = 0;

    bool isEmpty() const { return begin >= end; }
};

std::size_t rowOf (const project::Line& line)
{
    return (std::size_t) std::max (line.sourceLine, 1) - 1;
}

/** The first line that begins at a row or behind it. */
std::size_t lineFrom (const project::Document& document, std::size_t row)
{
    const auto& lines = document.lines;
    return (std::size_t) (std::partition_point (lines.begin(), lines.end(),
                                                [&] (const auto& line) { return rowOf (*line) < row; }) -
                          lines.begin());
}

/** Those that begin in these rows; if none does, the one that goes on there. */
LineSpan linesIn (const project::Document& document, ScriptRows rows)
{
    LineSpan span { lineFrom (document, rows.first), lineFrom (document, rows.last + 1) };
    if (span.isEmpty() && span.begin > 0)
        --span.begin;
    return span;
}

/** Before the line `target`, which is not among them; the document's end is one behind the last. */
std::optional<project::MoveLines> moved (const project::Document& document, LineSpan span, std::size_t target)
{
    if (span.isEmpty() || (target >= span.begin && target <= span.end))
        return {};
    project::MoveLines move;
    for (auto at = span.begin; at < span.end; ++at)
        move.lines.push_back (document.lines[at]->id);
    if (target > 0)
        move.after = document.lines[target - 1]->id;
    return move;
}
} // namespace

std::optional<project::MoveLines> movedBefore (const project::Document& document, ScriptRows rows,
                                               std::size_t before)
{
    return moved (document, linesIn (document, rows), lineFrom (document, before));
}

std::optional<project::MoveLines> movedUp (const project::Document& document, ScriptRows rows)
{
    const auto span = linesIn (document, rows);
    return span.begin > 0 ? moved (document, span, span.begin - 1) : std::nullopt;
}

std::optional<project::MoveLines> movedDown (const project::Document& document, ScriptRows rows)
{
    const auto span = linesIn (document, rows);
    return span.end < document.lines.size() ? moved (document, span, span.end + 1) : std::nullopt;
}

std::optional<ScriptRows> rowsOf (const project::Document& document,
                                  const std::vector<project::LineId>& lines)
{
    std::optional<ScriptRows> rows;
    for (const auto& line : document.lines)
    {
        if (std::ranges::find (lines, line->id) == lines.end())
            continue;
        const auto row = rowOf (*line);
        rows = rows ? ScriptRows { std::min (rows->first, row), std::max (rows->last, row) }
                    : ScriptRows { row, row };
    }
    return rows;
}
} // namespace tableread::plugin
