// SPDX-License-Identifier: Apache-2.0
#include "Script/KnownNames.h"

#include "Script/Text.h"

namespace tableread
{
void KnownNames::add (const Cue& cue, bool opensScript)
{
    const auto key = foldCase (cue.name);
    if (cue.kind == Cue::Kind::Certain)
        certain.insert (key);
    else if (cue.kind == Cue::Kind::Lowercase)
        ++lowercase[key];
    if (opensScript)
        opening = key;
}

bool KnownNames::accept (const Cue& cue) const
{
    const auto key = foldCase (cue.name);
    if (cue.kind == Cue::Kind::Certain || certain.contains (key))
        return true;

    const auto count = lowercase.find (key);
    const bool repeated = count != lowercase.end() && count->second > 1;
    return repeated || (cue.kind == Cue::Kind::Lowercase && key == opening);
}
} // namespace tableread
