// SPDX-License-Identifier: Apache-2.0
#include "Script/Cue/KnownNames.h"

#include "Script/Cue/Name.h"
#include "Script/NameKey.h"
#include "Script/Text.h"

namespace tableread
{
KnownNames::KnownNames (const std::vector<std::string>& known)
{
    for (const auto& name : known)
        if (const auto text = decodeUtf8 (name))
            given.insert (nameKey (*text));
}

void KnownNames::add (const Cue* cue)
{
    using Kind = Cue::Kind;
    const bool first = lines++ == 0;
    if (cue == nullptr || cue->kind == Kind::Text || cue->kind == Kind::Glued || cue->kind == Kind::Named)
        return;
    const auto key = nameKey (cue->name);
    if (cue->kind == Kind::Certain)
        certain.insert (key);
    if (cue->kind == Kind::Certain || cue->kind == Kind::Decorated)
        ++cues;
    if (cue->kind == Kind::Comma)
        ++commas[key];
    if (cue->kind != Kind::Lowercase)
        return;
    const auto count = ++lowercase[key];
    if (first)
        opening = key;
    if (key == opening)
        ++cues;
    else if (count > 1)
        cues += count == 2 ? 2 : 1; // the second shows that the first was a cue
}

bool KnownNames::manyAreCues() const
{
    return cues * 3 >= lines;
}

bool KnownNames::accept (const Cue& cue) const
{
    using Kind = Cue::Kind;
    if (cue.kind == Kind::Certain)
        return true;
    const auto key = nameKey (cue.name);
    if (isTransition (key))
        return false;
    if (given.contains (key) || cue.kind == Kind::Text)
        return given.contains (key);

    const auto often = [&key] (const auto& counts) {
        const auto found = counts.find (key);
        return found != counts.end() && found->second > 1;
    };
    return certain.contains (key) || often (lowercase) || (cue.kind == Kind::Lowercase && key == opening) ||
           (cue.kind == Kind::Comma && often (commas)) || (cue.kind == Kind::Decorated && manyAreCues());
}
} // namespace tableread
