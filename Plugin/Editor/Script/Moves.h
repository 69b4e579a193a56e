// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "Project/Edit.h"

namespace tableread::plugin
{
/** Rows of a script's text, counted from 0. */
struct ScriptRows
{
    std::size_t first = 0, last = 0;

    bool operator== (const ScriptRows&) const = default;
};

/** Moves what is spoken in these rows, which are those of the document's script, before the row `before`. Empty: nothing is
    spoken there, or it would stay where it is. */
std::optional<project::MoveLines> movedBefore (const project::Document& document, ScriptRows rows,
                                               std::size_t before);

/** The same by one line of speech, up or down. */
std::optional<project::MoveLines> movedUp (const project::Document& document, ScriptRows rows);
std::optional<project::MoveLines> movedDown (const project::Document& document, ScriptRows rows);

/** From the row in which the first of these lines begins to that of the last; empty: none is there. */
std::optional<ScriptRows> rowsOf (const project::Document& document,
                                  const std::vector<project::LineId>& lines);
} // namespace tableread::plugin
