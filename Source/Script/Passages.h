// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "Script/Script.h"

namespace tableread
{
enum class PassageMode
{
    Line, // each line alone: any of them can be rendered again without the others
    Scene // consecutive lines of a scene together, for a flow of conversation
};

/** Consecutive lines of a script that one generation pass speaks. */
struct PassageSpec
{
    static constexpr std::size_t mostSpeakers = 4; // the model was trained with no more

    std::size_t firstLine = 0, lineCount = 0; // of Script::lines
    std::vector<int> speakers;                // indices into Script::speakers, ascending, each once
    int scene = 0;                            // index into Script::scenes
    int pauseBeforeMs = 0;

    /** The model's number, 0 to 3, of one of `speakers`. */
    int voiceOf (int speaker) const;
};

/** Every line of the script in its order, each in one passage. By scene, a new passage begins with a scene, after a
    pause, and where a fifth speaker would come in. */
std::vector<PassageSpec> makePassages (const Script& script, PassageMode mode);
} // namespace tableread
