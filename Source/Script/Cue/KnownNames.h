// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "Script/Cue/Cue.h"

namespace tableread
{
/** The names in a whole script, which decide whether an uncertain cue is one: "anna: hi", not "remember: never". */
class KnownNames
{
public:
    /** `known` are names that the user gave voices to. */
    explicit KnownNames (const std::vector<std::string>& known);

    /** Adds a line that is spoken, with the cue that it may begin with; called in the script's order. */
    void add (const Cue* cue);

    /** True if the cue is certain, or its name is known or certain elsewhere, or
        - one lowercase word opens two lines or the script;
        - it is decorated, and a third of the lines are certain or decorated cues;
        - its name has a comma and opens two lines. */
    bool accept (const Cue& cue) const;

private:
    bool manyAreCues() const;

    std::set<std::u32string> given, certain; // keys (Script/NameKey.h)
    std::map<std::u32string, std::size_t> lowercase, commas;
    std::u32string opening; // if the script begins with one lowercase word
    std::size_t lines = 0, cues = 0;
};
} // namespace tableread
