// SPDX-License-Identifier: Apache-2.0
#include "Passage/Cast.h"

#include <algorithm>

#include "Passage/Names.h"

namespace tableread
{
namespace
{
const std::string everybodyElse = "*";

tl::unexpected<Error> refused (std::string message)
{
    return tl::unexpected (Error { ErrorCode::InvalidInput, std::move (message), {} });
}

const CastMember* memberOf (std::span<const CastMember> members, const std::string& speaker)
{
    const auto found = std::find_if (members.begin(), members.end(),
                                     [&] (const auto& each) { return sameName (each.speaker, speaker); });
    return found != members.end() ? &*found : nullptr;
}

/** The speaker's own voice among the chosen ones, or everybody's. */
const CastMember* chosenFor (std::span<const CastMember> chosen, const std::string& speaker)
{
    const auto* member = memberOf (chosen, speaker);
    return member != nullptr ? member : memberOf (chosen, everybodyElse);
}

std::string joined (std::span<const std::string> names)
{
    std::string all;
    for (const auto& name : names)
        all += (all.empty() ? "" : ", ") + name;
    return all;
}

/** Removes the voice of this name from `voices`. @returns its own spelling; empty if there is none. */
std::string take (std::vector<std::string>& voices, const std::string& name)
{
    const auto found =
        std::find_if (voices.begin(), voices.end(), [&] (const auto& each) { return sameName (each, name); });
    if (found == voices.end())
        return {};
    auto voice = std::move (*found);
    voices.erase (found);
    return voice;
}

std::string withoutSpaceBehind (std::string text)
{
    text.resize (text.find_last_not_of (' ') + 1);
    return text;
}

/** Why these speakers have no voice, and what to do. */
std::string explain (std::span<const std::string> voiceless, std::span<const std::string> modelVoices)
{
    return (voiceless.size() == 1 ? "speaker \"" + voiceless[0] + "\" has no voice."
                                  : "speakers without a voice: " + joined (voiceless) + ".") +
           " Give one with --voice \"" + voiceless[0] + "=recording.wav\"" +
           (modelVoices.empty() ? "." : "; the model's own voices are " + joined (modelVoices) + ".");
}
} // namespace

bool isEverybodyElse (const CastMember& member)
{
    return sameName (member.speaker, everybodyElse);
}

Result<Cast> castAsAsked (const CastRequest& request)
{
    Cast cast;
    std::vector<std::string> rest (request.modelVoices.begin(), request.modelVoices.end()), voiceless;
    for (const auto& speaker : request.speakers)
    {
        const auto* chosen = chosenFor (request.chosen, speaker);
        cast.members.push_back (
            { speaker, chosen != nullptr ? chosen->voice : VoiceReference { take (rest, speaker), {} } });
        if (cast.members.back().voice == VoiceReference {})
            voiceless.push_back (speaker);
    }
    if (! voiceless.empty() && (! request.chosen.empty() || rest.size() < voiceless.size()))
        return refused (explain (voiceless, request.modelVoices));

    std::string given;
    auto next = rest.begin();
    for (auto& [speaker, voice] : cast.members)
        if (voice == VoiceReference {})
        {
            voice.name = *next++;
            given += (given.empty() ? "" : ", ") + speaker + " = " + voice.name;
        }
    if (! given.empty())
        cast.notes.push_back ("no --voice was given, so the model's own are used: " + given + ".");
    for (const auto& [name, voice] : request.chosen)
        if (! sameName (name, everybodyElse) &&
            std::none_of (request.speakers.begin(), request.speakers.end(),
                          [&name = name] (const auto& speaker) { return sameName (speaker, name); }))
            cast.notes.push_back ("--voice for \"" + name +
                                  "\" is not used: the script has no such speaker.");
    return cast;
}

Cast castEverybody (const CastRequest& request)
{
    Cast cast;
    const auto& own = request.modelVoices;
    std::vector<std::string> rest (own.begin(), own.end());
    for (const auto& speaker : request.speakers)
    {
        const auto* chosen = chosenFor (request.chosen, speaker);
        if (chosen != nullptr && chosen->voice.path.empty())
            take (rest, chosen->voice.name);
        cast.members.push_back (
            { speaker, chosen != nullptr ? chosen->voice : VoiceReference { take (rest, speaker), {} } });
    }
    std::size_t again = 0;
    for (auto& member : cast.members)
        if (member.voice == VoiceReference {} && ! own.empty())
            member.voice.name = ! rest.empty() ? take (rest, rest.front()) : own[again++ % own.size()];
    return cast;
}

Result<CastMember> readVoiceOption (const std::string& option)
{
    const auto equals = option.find ('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == option.size())
        return refused ("--voice \"" + option +
                        "\" is not NAME=FILE. Write it as --voice \"Anna=anna.wav\".");
    const auto speaker = option.substr (0, equals), value = option.substr (equals + 1);
    if (const auto open = std::min (speaker.find ('('), speaker.find ("（")); open != std::string::npos)
        return refused (
            "--voice \"" + option +
            "\" names a direction, and a speaker has one voice for all of them so far. Write --voice \"" +
            withoutSpaceBehind (speaker.substr (0, open)) + '=' + value + "\".");
    const std::filesystem::path file = value;
    std::error_code none;
    if (std::filesystem::exists (file, none))
        return CastMember { speaker, { file.stem().string(), file } };
    return CastMember { speaker, { value, {} } };
}

Result<std::vector<CastMember>> readVoiceOptions (std::span<const std::string> options)
{
    std::vector<CastMember> members;
    for (const auto& option : options)
    {
        auto member = readVoiceOption (option);
        if (! member)
            return tl::unexpected (member.error());
        if (memberOf (members, member->speaker) != nullptr)
            return refused ("--voice is given twice for \"" + member->speaker +
                            "\". Give one voice for each speaker.");
        members.push_back (std::move (*member));
    }
    std::sort (members.begin(), members.end(), [] (const auto& a, const auto& b) {
        return foldedName (a.speaker) < foldedName (b.speaker); // the order of notes
    });
    return members;
}
} // namespace tableread
