// SPDX-License-Identifier: Apache-2.0
#include "Project/Casting.h"

#include <algorithm>
#include <optional>

#include "Passage/Names.h"
#include "Project/Lookup.h"

namespace tableread::project
{
namespace
{
/** The member whose voice the speaker has; null if there is none. */
const Member* voicedMember (const Document& document, std::string_view speaker)
{
    const auto* own = memberOf (document, speaker);
    if (own == nullptr || own->moods.empty())
        own = memberOf (document, "*");
    return own != nullptr && ! own->moods.empty() ? own : nullptr;
}

const Mood* moodNamed (const Member& member, std::string_view direction)
{
    const auto wanted = foldedName (direction);
    const auto found = std::find_if (member.moods.begin(), member.moods.end(), [&] (const Mood& mood) {
        return foldedName (mood.direction) == wanted;
    });
    return found != member.moods.end() ? &*found : nullptr;
}

/** "softly, sadly": the first that there is a mood for. */
const Mood& moodFor (const Member& member, std::string_view direction)
{
    if (member.moods.size() == 1 || direction.empty())
        return member.moods.front();
    const auto* mood = moodNamed (member, direction);
    while (mood == nullptr && ! direction.empty())
    {
        const auto part = direction.substr (0, direction.find (','));
        if (! foldedName (part).empty())
            mood = moodNamed (member, part);
        direction.remove_prefix (std::min (part.size() + 1, direction.size()));
    }
    return mood != nullptr ? *mood : member.moods.front();
}

bool isOneVoice (const VoiceReference& a, const VoiceReference& b)
{
    if (! a.path.empty() || ! b.path.empty())
        return a.path == b.path;
    return a.id.empty() && b.id.empty() ? sameName (a.name, b.name) : a.id == b.id;
}

/** How many speakers have each of the model's voices. */
class VoiceCounts
{
public:
    explicit VoiceCounts (std::span<const std::string> modelVoices)
        : names (modelVoices)
        , counts (names.size())
    {}

    void add (const VoiceReference& voice)
    {
        if (const auto place =
                voice.path.empty() && voice.id.empty() ? placeOfName (voice.name) : std::nullopt)
            ++counts[*place];
    }

    std::optional<std::size_t> placeOfName (std::string_view name) const
    {
        const auto found = std::find_if (names.begin(), names.end(),
                                         [&] (const auto& each) { return sameName (each, name); });
        return found != names.end() ? std::optional ((std::size_t) (found - names.begin())) : std::nullopt;
    }

    Member give (const std::string& speaker, std::size_t place)
    {
        ++counts[place];
        Member member;
        member.speaker = speaker;
        member.moods.emplace_back().voice.name = names[place];
        return member;
    }

    std::size_t leastUsed() const
    {
        return (std::size_t) (std::min_element (counts.begin(), counts.end()) - counts.begin());
    }

private:
    std::span<const std::string> names;
    std::vector<std::size_t> counts;
};
} // namespace

Part partOf (const Document& document, const Line& line)
{
    const auto* const member = voicedMember (document, line.speaker);
    return { line.speaker, member != nullptr ? &moodFor (*member, line.direction) : nullptr };
}

const std::vector<std::string>& embeddedVoices()
{
    static const std::vector<std::string> names { "anna", "ben", "clara", "david" };
    return names;
}

std::vector<Member> voicesToGive (const Document& document, std::span<const std::string> modelVoices)
{
    if (modelVoices.empty())
        return {};
    VoiceCounts counts (modelVoices);
    std::vector<std::string> waiting, others;
    for (auto& speaker : speakersOf (document))
        if (const auto* const member = voicedMember (document, speaker))
            counts.add (member->moods.front().voice);
        else
            waiting.push_back (std::move (speaker));

    std::vector<Member> given;
    for (auto& speaker : waiting)
        if (const auto own = counts.placeOfName (speaker))
            given.push_back (counts.give (speaker, *own));
        else
            others.push_back (std::move (speaker));
    for (const auto& speaker : others)
        given.push_back (counts.give (speaker, counts.leastUsed()));
    return given;
}

void giveVoice (Document& document, const Member& given)
{
    const auto place = memberPlace (document, given.speaker);
    if (! place)
        document.cast.push_back (std::make_shared<const Member> (given));
    else if (document.cast[*place]->moods.empty())
        alter (document.cast[*place], [&] (Member& member) { member.moods = given.moods; });
}

Member withVoice (const Document& document, std::string_view speaker, std::string_view direction,
                  const VoiceReference& voice)
{
    Member member;
    member.speaker = speaker;
    if (const auto* const known = memberOf (document, speaker))
        member = *known;
    member.isChosen = true;
    auto mood = std::ranges::find_if (
        member.moods, [&] (const Mood& each) { return sameName (each.direction, direction); });
    if (mood == member.moods.end())
        mood = member.moods.insert (direction.empty() ? member.moods.begin() : member.moods.end(),
                                    { std::string (direction), {}, {}, {} });
    if (mood->voice != voice)
        *mood = { mood->direction, voice, {}, {} };
    return member;
}

void dropVoice (Document& document, const std::string& speaker)
{
    const auto place = memberPlace (document, speaker);
    if (! place || document.cast[*place]->isChosen)
        return;
    auto& member = document.cast[*place];
    Member untouched;
    untouched.speaker = member->speaker;
    untouched.moods = member->moods;
    if (*member == untouched)
        document.cast.erase (document.cast.begin() + (std::ptrdiff_t) *place);
    else
        alter (member, [] (Member& each) { each.moods.clear(); });
}

std::vector<SharedVoice> sharedVoices (const Document& document)
{
    struct Voiced
    {
        std::string speaker;
        const Member* member;
    };
    std::vector<Voiced> voiced;
    for (auto& speaker : speakersOf (document))
        if (const auto* const member = voicedMember (document, speaker))
            voiced.push_back ({ std::move (speaker), member });

    std::vector<SharedVoice> shared;
    for (std::size_t at = 0; at < voiced.size(); ++at)
    {
        const auto& own = voiced[at];
        if (own.member->isChosen)
            continue;
        const auto& voice = own.member->moods.front().voice;
        for (std::size_t other = 0; other < voiced.size(); ++other)
            if ((other < at || voiced[other].member->isChosen) &&
                isOneVoice (voice, voiced[other].member->moods.front().voice))
            {
                shared.push_back ({ own.speaker, voiced[other].speaker, voice });
                break;
            }
    }
    return shared;
}

std::string shownName (const VoiceReference& voice)
{
    if (! voice.path.empty())
        return voice.path.filename().string();
    auto name = voice.name.empty() ? voice.id : voice.name;
    if (! name.empty() && name.front() >= 'a' && name.front() <= 'z')
        name.front() = (char) (name.front() - 'a' + 'A');
    return name;
}

std::vector<std::string> castNotes (const Document& document)
{
    std::vector<std::string> notes;
    for (const auto& [speaker, other, voice] : sharedVoices (document))
    {
        auto note = speaker;
        note.append (" and ").append (other).append (" have one voice, ").append (shownName (voice));
        notes.push_back (note.append (". Choose another for one of them."));
    }
    return notes;
}
} // namespace tableread::project
