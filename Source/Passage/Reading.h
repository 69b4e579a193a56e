// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
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
    ModelSamples pauseAfter;        // silence after the last passage
    std::vector<std::string> notes; // sentences on how something was interpreted: of a kind, five and a count
    int comments = 0;               // lines left out because of a #

    /** "line 5, Anna" or "lines 5 to 12, Anna and Ben": numbers in the script's text. */
    std::string titleOf (const Passage& passage) const;
};

/** What one passage can hold: the sum of the sizes of its lines and of its speakers, in any unit. */
struct PassageLimit
{
    std::function<std::int64_t (const SpokenLine&)> sizeOfLine; // its speaker is the script's
    std::function<std::int64_t (int speaker)> sizeOfSpeaker;    // of the script
    std::int64_t most = 0;
};

/** All lines of the script in order, each in one passage. In scene mode, a new passage begins with a scene, after a
    pause, where a fifth speaker would join, and, with a note, where the limit would be exceeded. A line that exceeds
    it alone is a passage of its own. */
Reading makeReading (const Script& script, PassageMode mode);
Reading makeReading (const Script& script, PassageMode mode, const PassageLimit& limit);
} // namespace tableread
