// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "Passage/Passage.h"
#include "Script/Script.h"

namespace tableread
{
/** A script as it is spoken, one passage after the other. */
struct Reading
{
    std::vector<std::string> speakers;
    std::vector<std::string> scenes; // their titles
    std::vector<Passage> passages;
    ModelSamples pauseAfter;        // silence behind the last passage
    std::vector<std::string> notes; // sentences on how something was understood

    /** "line 5, Anna" or "lines 5 to 12, Anna and Ben": numbers in the script's text. */
    std::string titleOf (const Passage& passage) const;
};

/** Every line of the script in its order, each in one passage. By scene, a new passage begins with a scene, after a
    pause, and where a fifth speaker would come in. */
Reading makeReading (const Script& script, PassageMode mode);
} // namespace tableread
