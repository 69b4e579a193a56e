// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "Script/Cue.h"

namespace tableread
{
/** The names in a whole script, which tell whether an uncertain cue is one: "anna: hi" from "remember: never". */
class KnownNames
{
public:
    /** Takes a line's cue, in the script's order. */
    void add (const Cue& cue, bool opensScript);

    /** True if the cue is certain, or certain elsewhere, or one small word that opens two lines or the script. */
    bool accept (const Cue& cue) const;

private:
    std::set<std::u32string> certain; // case folded
    std::map<std::u32string, int> lowercase;
    std::u32string opening;
};
} // namespace tableread
