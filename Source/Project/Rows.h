// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "Script/Script.h"

namespace tableread::project
{
/** A line of the script's text as it is written. */
struct Row
{
    enum class Role
    {
        Between,   // blank, a comment, a pause alone
        Title,     // of a scene
        Direction, // alone; it is of the speech that follows
        Cue,       // begins with a name
        Speech,    // without a name
        Apart,     // likewise, and reads otherwise behind a name: "#MeToo", "\escaped"
        Bracketed  // likewise, and begins with what is a direction behind a name: "(laughs) Yes."
    };

    std::string text, ending; // "\n", "\r\n", "\r"; empty at the text's end
    Role role = Role::Between;
};

std::vector<Row> rowsOf (std::string_view script, const ScriptRules& rules);

/** The rows one below the other, with line endings between them where some are missing, and behind the last one exactly
    if `endsLine`. */
std::string textOf (std::span<const Row> rows, bool endsLine);

/** Whether somebody speaks in it without being named there. */
bool isUnnamed (const Row& row);

/** Divides a row at the pauses between its words; both halves read the same as the whole. */
std::vector<Row> dividedAtPauses (const Row& row);

/** Names who speaks the row at `place`, which is unnamed. Directions above it stay its own. */
void nameSpeaker (std::vector<Row>& rows, std::size_t place, const std::string& speaker);
} // namespace tableread::project
