// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Cast/Model.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>
#include <utility>

#include "Passage/Names.h"
#include "Project/Casting.h"
#include "Project/File/Voices.h"
#include "Project/Lookup.h"

namespace tableread::plugin
{
namespace
{
constexpr const char* everybodyElse = "*";
constexpr const char* directionBlanks = " \t";

std::string_view withoutBlanksAround (std::string_view text)
{
    const auto first = text.find_first_not_of (directionBlanks);
    return first == text.npos ? std::string_view()
                              : text.substr (first, text.find_last_not_of (directionBlanks) - first + 1);
}

/** What the script says of one speaker. */
struct SpeakerPart
{
    std::size_t lines = 0;
    std::vector<std::string> directions; // "softly, sadly" is two
};

void addDirections (SpeakerPart& part, std::string_view direction)
{
    while (! direction.empty())
    {
        const auto end = std::min (direction.find (','), direction.size());
        const std::string one (withoutBlanksAround (direction.substr (0, end)));
        if (! one.empty() &&
            std::find (part.directions.begin(), part.directions.end(), one) == part.directions.end())
            part.directions.push_back (one);
        direction.remove_prefix (std::min (end + 1, direction.size()));
    }
}

std::unordered_map<std::string_view, SpeakerPart> partsIn (const project::Document& document)
{
    std::unordered_map<std::string_view, SpeakerPart> parts;
    for (const auto& line : document.lines)
    {
        auto& part = parts[line->speaker];
        ++part.lines;
        addDirections (part, line->direction);
    }
    return parts;
}

CastVoice voiceOf (const project::Mood& mood)
{
    return { mood.direction, mood.voice,
             mood.voice.path.empty() ? project::shownName (mood.voice) : project::recordingName (mood),
             mood.voice.path.string() };
}

/** Marks the recordings that were not found, and says so. */
void markMissing (CastEntry& entry, std::span<const VoiceReference> missing)
{
    for (auto& voice : entry.voices)
    {
        if (std::find (missing.begin(), missing.end(), voice.reference) == missing.end())
            continue;
        voice.isMissing = true;
        voice.tip = "Was not found: " + voice.tip;
        entry.remark = voice.label + " was not found";
        entry.isWarning = true;
    }
}

/** An entry with what its member has; null: none yet. */
CastEntry entryOf (std::string speaker, const project::Member* member)
{
    CastEntry entry;
    entry.isEverybodyElse = speaker == everybodyElse;
    entry.title = entry.isEverybodyElse ? "Everybody else" : speaker;
    entry.speaker = std::move (speaker);
    if (member != nullptr)
    {
        for (const auto& mood : member->moods)
            entry.voices.push_back (voiceOf (mood));
        entry.isChosen = member->isChosen;
        entry.bus = member->bus;
        entry.gainDb = member->gainDb;
        entry.isMuted = member->isMuted;
        entry.isSolo = member->isSolo;
    }
    if (entry.voices.empty())
        entry.voices.emplace_back();
    return entry;
}

/** The directions of the script that have no mood. */
std::vector<std::string> openDirections (const CastEntry& entry, const SpeakerPart& part)
{
    std::set<std::string> taken;
    for (const auto& voice : entry.voices)
        taken.insert (foldedName (voice.direction));
    std::vector<std::string> open;
    for (const auto& direction : part.directions)
        if (taken.insert (foldedName (direction)).second)
            open.push_back (direction);
    return open;
}

auto moodFor (project::Member& member, std::string_view direction)
{
    return std::find_if (member.moods.begin(), member.moods.end(),
                         [&] (const project::Mood& mood) { return sameName (mood.direction, direction); });
}
} // namespace

bool CastEntry::operator== (const CastEntry& other) const
{
    const auto sameVoices = [] (const CastVoice& a, const CastVoice& b) {
        return a.direction == b.direction && a.reference == b.reference && a.tip == b.tip &&
               a.isMissing == b.isMissing;
    };
    return speaker == other.speaker && colour == other.colour && openDirections == other.openDirections &&
           std::equal (voices.begin(), voices.end(), other.voices.begin(), other.voices.end(), sameVoices) &&
           remark == other.remark && isWarning == other.isWarning && isChosen == other.isChosen &&
           hasLeft == other.hasLeft && bus == other.bus && gainDb == other.gainDb &&
           isMuted == other.isMuted && isSolo == other.isSolo;
}

CastModel::CastModel() : document (std::make_shared<const project::Document>())
{}

void CastModel::show (std::shared_ptr<const project::Document> shown, std::span<const VoiceReference> missing)
{
    document = std::move (shown);
    all.clear();
    const SpeakerColours colours (*document);
    const auto parts = partsIn (*document);
    const auto shared = sharedVoices (*document);
    const auto* const others = memberOf (*document, everybodyElse);
    const bool haveOthersVoice = others != nullptr && ! others->moods.empty();

    std::set<const project::Member*> present;
    for (auto& speaker : speakersOf (*document))
    {
        const auto* const member = memberOf (*document, speaker);
        present.insert (member);
        const auto& part = parts.at (speaker);
        auto entry = entryOf (std::move (speaker), member);
        entry.colour = colours.of (entry.speaker);
        entry.openDirections = openDirections (entry, part);
        entry.remark = std::to_string (part.lines) + (part.lines == 1 ? " line" : " lines");
        auto& usual = entry.voices.front();
        if (usual.label.empty() && haveOthersVoice)
            usual = {
                {}, {}, project::shownName (others->moods.front().voice), "The voice of everybody else"
            };
        else if (! usual.label.empty() && ! entry.isChosen)
            usual.tip = "Given unasked; once it was heard it stays until you choose another";
        const auto found = std::find_if (shared.begin(), shared.end(),
                                         [&] (const auto& each) { return each.speaker == entry.speaker; });
        if (found != shared.end())
        {
            entry.remark = "The same voice as " + found->other;
            entry.isWarning = true;
        }
        markMissing (entry, missing);
        all.push_back (std::move (entry));
    }

    std::vector<CastEntry> gone;
    for (const auto& member : document->cast)
    {
        const bool isEverybody = member->speaker == everybodyElse;
        if (present.contains (member.get()) || (isEverybody ? member->moods.empty() : ! member->isChosen))
            continue;
        auto entry = entryOf (member->speaker, member.get());
        entry.colour = colours.of (member->speaker);
        entry.hasLeft = ! isEverybody;
        entry.remark = isEverybody ? "Who has no voice of their own"
                                   : "Not in the script: " + entry.voices.front().label;
        if (isEverybody)
            markMissing (entry, missing);
        (isEverybody ? all : gone).push_back (std::move (entry));
    }
    std::move (gone.begin(), gone.end(), std::back_inserter (all));
}

project::Member CastModel::memberFor (std::string_view speaker) const
{
    if (const auto* const member = memberOf (*document, speaker))
        return *member;
    project::Member fresh;
    fresh.speaker = speaker;
    return fresh;
}

template <typename Change>
project::Edit CastModel::changed (std::string_view speaker, const Change& change) const
{
    auto member = memberFor (speaker);
    change (member);
    return project::SetMember { std::move (member) };
}

project::Edit CastModel::chooseVoice (std::string_view speaker, std::string_view direction,
                                      const VoiceReference& voice) const
{
    return project::SetMember { project::withVoice (*document, speaker, direction, voice) };
}

project::Edit CastModel::takeBackVoice (std::string_view speaker) const
{
    return changed (speaker, [] (project::Member& member) { member.isChosen = false; });
}

Result<project::Edit> CastModel::addMood (std::string_view speaker, std::string_view direction) const
{
    const auto refused = [] (std::string why) {
        return tl::unexpected (Error { ErrorCode::InvalidInput, std::move (why), {} });
    };
    const std::string name (withoutBlanksAround (direction));
    if (foldedName (name).empty())
        return refused ("a mood is a word that stands behind the name, as in \"Anna (whispering):\".");
    auto member = memberFor (speaker);
    if (member.moods.empty())
        if (const auto* const others = memberOf (*document, everybodyElse))
            member.moods = others->moods;
    if (member.moods.empty())
        return refused ("choose a voice for \"" + member.speaker + "\" first.");
    if (moodFor (member, name) != member.moods.end())
        return refused ("\"" + member.speaker + "\" has a voice for \"" + name + "\" already.");
    auto mood = member.moods.front();
    mood.direction = name;
    member.moods.push_back (std::move (mood));
    member.isChosen = true;
    return project::SetMember { std::move (member) };
}

project::Edit CastModel::removeMood (std::string_view speaker, std::string_view direction) const
{
    return changed (speaker, [&] (project::Member& member) {
        const auto mood = moodFor (member, direction);
        if (mood != member.moods.end() && mood != member.moods.begin())
            member.moods.erase (mood);
    });
}

project::Edit CastModel::setColour (std::string_view speaker, std::uint32_t rgb) const
{
    return changed (speaker, [&] (project::Member& member) { member.colour = rgb; });
}

project::Edit CastModel::setBus (std::string_view speaker, int bus) const
{
    return changed (speaker, [&] (project::Member& member) { member.bus = bus; });
}

project::Edit CastModel::setGain (std::string_view speaker, double decibels) const
{
    return changed (speaker, [&] (project::Member& member) { member.gainDb = decibels; });
}

project::Edit CastModel::setMuted (std::string_view speaker, bool isMuted) const
{
    return changed (speaker, [&] (project::Member& member) { member.isMuted = isMuted; });
}

project::Edit CastModel::setSolo (std::string_view speaker, bool isSolo) const
{
    return changed (speaker, [&] (project::Member& member) { member.isSolo = isSolo; });
}

project::Edit CastModel::forget (std::string_view speaker) const
{
    project::Member nothing;
    nothing.speaker = memberFor (speaker).speaker;
    return project::SetMember { std::move (nothing) };
}

project::CastFile CastModel::toFile() const
{
    project::CastFile file;
    for (const auto& entry : all)
        if (auto member = memberFor (entry.speaker); ! member.moods.empty())
            file.members.push_back (std::move (member));
    return file;
}

project::Edit CastModel::fromFile (const project::CastFile& file)
{
    project::SetMembers edit { file.members };
    for (auto& member : edit.members)
        member.isChosen = ! member.moods.empty();
    return edit;
}
} // namespace tableread::plugin
