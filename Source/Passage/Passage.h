// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "Core/Units.h"
#include "Script/SpokenLine.h"

namespace tableread
{
enum class PassageMode
{
    Line, // each line alone: any of them can be rendered again without the others
    Scene // consecutive lines of a scene together, for a flow of conversation
};

/** The number of characters in UTF-8. */
std::size_t lettersIn (std::string_view utf8);

/** How long a passage with so many characters will usually be: for drawing, and for what follows it, until it is known. */
ModelSamples estimatedLength (std::size_t letters);

/** Consecutive lines of a script that one generation pass speaks. */
struct Passage
{
    static constexpr std::size_t mostSpeakers = 4; // the model was not trained with more

    std::vector<SpokenLine> lines; // a line's speaker is an index into `speakers`: the model's number, 0 to 3
    std::vector<int> speakers;     // indices into the script's speakers, ascending, each once
    std::vector<int> sourceLines;  // where each of `lines` begins in the script's text, counted from 1
    int scene = 0;                 // index into the script's scenes
    ModelSamples pauseBefore;      // silence before it

    /** The number of characters in its text. */
    std::size_t letters() const;
};
} // namespace tableread
