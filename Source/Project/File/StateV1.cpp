// SPDX-License-Identifier: Apache-2.0
#include "Project/File/StateV1.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "Import/Import.h"
#include "Passage/Cast.h"
#include "Passage/Names.h"
#include "Project/LineIds.h"

namespace tableread::project
{
namespace
{
using Json = nlohmann::json;

template <typename T>
void readField (const Json& object, const char* name, T& value)
{
    const auto field = object.find (name);
    if (field == object.end())
        return;
    if constexpr (std::is_same_v<T, std::string>)
        value = field->is_string() ? field->get<std::string>() : value;
    else if constexpr (std::is_same_v<T, bool>)
        value = field->is_boolean() ? field->get<bool>() : value;
    else if constexpr (std::is_same_v<T, std::uint64_t>)
        value = field->is_number_unsigned() ? field->get<std::uint64_t>() : value;
    else
        value = field->is_number() ? (T) std::clamp (field->get<double>(), -1e6, 1e6) : value;
}

std::filesystem::path readPath (const Json& object, const char* name)
{
    std::string path;
    readField (object, name, path);
    return path.substr (0, path.find ('\0')); // as the system read it
}

Settings settingsOfV1 (const Json& json)
{
    Settings settings;
    std::optional<float> guidance;
    readField (json, "seed", settings.seed);
    readField (json, "cfg_scale", guidance);
    readField (json, "steps", settings.steps);
    readField (json, "rendered", settings.host.rendersAhead);
    if (guidance)
        settings.guidanceScale = std::clamp (*guidance, 0.0f, 100.0f);
    settings.steps = std::clamp (settings.steps, 1, 1000);
    settings.engine = readPath (json, "engine");
    return settings;
}

std::vector<CastMember> castOfV1 (const Json& json)
{
    std::vector<CastMember> cast;
    const auto entries = json.find ("cast");
    if (entries == json.end() || ! entries->is_array())
        return cast;
    cast.reserve (entries->size());
    for (const auto& entry : *entries)
        if (entry.is_object())
        {
            CastMember member;
            readField (entry, "speaker", member.speaker);
            readField (entry, "voice", member.voice.name);
            member.voice.path = readPath (entry, "path");
            cast.push_back (std::move (member));
        }
    return cast;
}

/** Adds a voice for a speaker who has none. */
void addVoice (std::vector<Member>& members, const CastMember& wanted, bool isChosen)
{
    auto member = std::find_if (members.begin(), members.end(),
                                [&] (const auto& each) { return sameName (each.speaker, wanted.speaker); });
    if (member == members.end())
    {
        member = members.emplace (member);
        member->speaker = wanted.speaker;
        member->isChosen = isChosen;
    }
    if (member->moods.empty() && wanted.voice != VoiceReference {})
        member->moods.emplace_back().voice = wanted.voice;
}

/** The speakers' order decided who was given which voice. */
std::vector<std::string> speakersIn (const std::string& script, const std::vector<CastMember>& cast)
{
    ImportOptions options;
    for (const auto& member : cast)
        if (! isEverybodyElse (member))
            options.rules.knownSpeakers.push_back (member.speaker);
    std::vector<std::string> names;
    if (const auto read = importScript (script, options))
        for (const auto& speaker : read->speakers)
            names.push_back (speaker.name);
    return names;
}

Document::Shared<Member> membersOfV1 (const std::string& script, const std::vector<CastMember>& cast)
{
    static const std::vector<std::string> modelVoices { "anna", "ben", "clara", "david" };
    std::vector<Member> members;
    members.reserve (cast.size());
    for (const auto& member : cast)
        addVoice (members, member, true);
    const bool forEverybody = std::any_of (cast.begin(), cast.end(), [] (const auto& member) {
        return isEverybodyElse (member) && member.voice != VoiceReference {};
    });
    const auto speakers = speakersIn (script, cast);
    const auto everybody = castEverybody ({ speakers, cast, modelVoices });
    for (const auto& given : everybody.members)
        if (! forEverybody)
            addVoice (members, given, false);
    Document::Shared<Member> shared;
    shared.reserve (members.size());
    for (auto& member : members)
        shared.push_back (std::make_shared<const Member> (std::move (member)));
    return shared;
}
} // namespace

Content contentOfV1 (const Json& json)
{
    std::string script;
    readField (json, "script", script);
    Document document;
    document.settings = settingsOfV1 (json);
    document.cast =
        membersOfV1 (script, castOfV1 (json)); // first: a known name needs no other sign to be a speaker's
    if (auto read = withScript (document, script))
        document = std::move (*read);
    else
        document.script = std::make_shared<const std::string> (script); // nothing that was typed is lost
    return { .document = std::make_shared<const Document> (std::move (document)) };
}
} // namespace tableread::project
