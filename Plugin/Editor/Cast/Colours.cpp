// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Cast/Colours.h"

#include "Project/Lookup.h"

namespace tableread::plugin
{
SpeakerColours::SpeakerColours (const project::Document& source) : document (source)
{
    int next = (int) document.cast.size();
    for (const auto& line : document.lines)
    {
        const auto [place, isNew] = known.try_emplace (line->speaker);
        if (! isNew)
            continue;
        if (const auto member = memberPlace (document, line->speaker))
            place->second = { document.cast[*member]->colour, (int) *member };
        else
            place->second.number = next++;
    }
}

SpeakerColour SpeakerColours::of (std::string_view speaker) const
{
    if (const auto found = known.find (speaker); found != known.end())
        return found->second;
    const auto member = memberPlace (document, speaker);
    return member ? SpeakerColour { document.cast[*member]->colour, (int) *member } : SpeakerColour {};
}
} // namespace tableread::plugin
