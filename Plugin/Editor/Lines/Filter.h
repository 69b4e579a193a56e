// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "Editor/Cast/Colours.h"
#include "Editor/Script/Marks.h"
#include "Project/Document.h"

namespace tableread::plugin
{
/** Which lines of a script are listed. */
struct LineFilter
{
    enum class State
    {
        Any,
        NotRendered, // nor changed since
        Changed,
        Failed,
        Locked
    };

    std::string words {};   // that are said, without regard to case; empty: any
    std::string speaker {}; // empty: anybody
    State state = State::Any;

    bool operator== (const LineFilter&) const = default;
};

struct ListedLine
{
    project::LineId line;
    std::size_t row = 0; // of the text, from 0
    std::string speaker, text;
    SpeakerColour colour {};
    LineMark mark {};

    /** For who cannot see it: "Line 3, Anna: Good evening. Rendered." */
    std::string name() const;
};

/** The lines that a filter leaves, in the script's order. @param marks  of the document's script. */
std::vector<ListedLine> filtered (const project::Document& document, const ScriptMarks& marks,
                                  const LineFilter& filter);
} // namespace tableread::plugin
