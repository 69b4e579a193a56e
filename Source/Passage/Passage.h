// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
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

/** Consecutive lines of a script that one generation pass speaks. */
struct Passage
{
    static constexpr std::size_t mostSpeakers = 4; // the model was trained with no more

    std::vector<SpokenLine> lines; // a line's speaker is an index into `speakers`: the model's number, 0 to 3
    std::vector<int> speakers;     // indices into the script's, ascending, each once
    std::vector<int> sourceLines;  // where each of `lines` begins in the script's text, from 1
    int scene = 0;                 // index into the script's
    ModelSamples pauseBefore;      // silence in front of it

    /** The characters of its text. */
    std::size_t letters() const;
};
} // namespace tableread
