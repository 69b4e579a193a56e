// SPDX-License-Identifier: Apache-2.0
#include "Project/Lookup.h"

#include <algorithm>
#include <unordered_set>

#include "Passage/Names.h"

namespace tableread::project
{
std::optional<std::size_t> placeOf (const Document& document, LineId id)
{
    const auto& lines = document.lines;
    const auto found =
        std::find_if (lines.begin(), lines.end(), [&] (const auto& line) { return line->id == id; });
    return found != lines.end() ? std::optional ((std::size_t) (found - lines.begin())) : std::nullopt;
}

std::unordered_map<std::uint64_t, std::size_t> placesOfLines (const Document& document)
{
    std::unordered_map<std::uint64_t, std::size_t> places (document.lines.size());
    for (std::size_t at = 0; at < document.lines.size(); ++at)
        places.emplace (document.lines[at]->id.value, at);
    return places;
}

std::optional<std::size_t> placeOf (const Document& document, TakeId id)
{
    const auto& takes = document.takes;
    const auto found = std::lower_bound (takes.begin(), takes.end(), id,
                                         [] (const auto& take, TakeId wanted) { return take->id < wanted; });
    return found != takes.end() && (*found)->id == id ? std::optional ((std::size_t) (found - takes.begin()))
                                                      : std::nullopt;
}

std::optional<std::size_t> memberPlace (const Document& document, std::string_view speaker)
{
    const auto& cast = document.cast;
    auto found = std::find_if (cast.begin(), cast.end(),
                               [&] (const auto& member) { return member->speaker == speaker; });
    if (found == cast.end()) // folding takes time, and hardly anybody is spelt in two ways
        found = std::find_if (cast.begin(), cast.end(), [folded = foldedName (speaker)] (const auto& member) {
            return foldedName (member->speaker) == folded;
        });
    return found != cast.end() ? std::optional ((std::size_t) (found - cast.begin())) : std::nullopt;
}

const Member* memberOf (const Document& document, std::string_view speaker)
{
    const auto place = memberPlace (document, speaker);
    return place ? document.cast[*place].get() : nullptr;
}

std::vector<std::string> speakersOf (const Document& document)
{
    std::vector<std::string> speakers;
    std::unordered_set<std::string_view> known;
    for (const auto& line : document.lines)
        if (known.insert (line->speaker).second)
            speakers.push_back (line->speaker);
    return speakers;
}
} // namespace tableread::project
