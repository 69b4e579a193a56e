// SPDX-License-Identifier: Apache-2.0
#include "Project/File/Collect.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "Core/Base64.h"
#include "Project/File/Text.h"

namespace tableread::project
{
namespace
{
constexpr const char* flacField = "flac";
constexpr const char* wavField = "wav";

std::string toEntry (const std::string& bytes)
{
    return compact ({ { bytes.starts_with ("fLaC") ? flacField : wavField, toBase64 (bytes) } });
}

std::string number (std::size_t count, const char* what)
{
    return std::to_string (count) + ' ' + what + (count == 1 ? "" : "s");
}
} // namespace

std::string bytesOf (const std::string& entry)
{
    const auto json = nlohmann::json::parse (entry, nullptr, false);
    for (const auto* name : { flacField, wavField })
        if (json.is_object() && json.contains (name) && json[name].is_string())
            return fromBase64 (json[name].get_ref<const std::string&>()).value_or ("");
    return {};
}

SamplesName samplesOf (const TakeRecord& take)
{
    return { take.audio, take.length };
}

Result<Content> collect (const Content& content, SampleStore& store)
{
    EmbeddedAudio audio;
    if (content.audio != nullptr)
        audio = *content.audio;
    std::size_t missing = 0, size = 0;
    for (const auto& take : content.document->takes)
    {
        if (take->audio.empty() || audio.contains (take->audio))
            continue;
        const auto bytes = store.file (samplesOf (*take));
        if (! bytes && bytes.error().code != ErrorCode::NotFound &&
            bytes.error().code != ErrorCode::InvalidInput)
            return tl::unexpected (bytes.error());
        if (! bytes)
        {
            ++missing;
            continue;
        }
        auto entry = toEntry (*bytes);
        size += entry.size();
        if (size > mostFileBytes)
            return tl::unexpected (Error { ErrorCode::OutOfRange,
                                           "the audio of all takes is more than the " +
                                               std::to_string (mostFileBytes >> 20u) +
                                               " MB that a project's file can hold. Leave it in the store.",
                                           {} });
        audio.emplace (take->audio, std::make_shared<const std::string> (std::move (entry)));
    }
    auto collected = content;
    collected.audio = std::make_shared<const EmbeddedAudio> (std::move (audio));
    if (missing > 0)
        collected.notes.push_back ("The audio of " + number (missing, "take") +
                                   " is not in the store and was left out.");
    return collected;
}

Content withoutAudio (const Content& content)
{
    auto without = content;
    without.audio.reset();
    return without;
}

std::vector<std::string> unpack (const Content& content, SampleStore& store)
{
    std::vector<std::string> notes;
    if (content.audio == nullptr)
        return notes;
    std::size_t damaged = 0;
    for (const auto& take : content.document->takes)
    {
        const auto entry = content.audio->find (take->audio);
        if (entry == content.audio->end() || store.has (samplesOf (*take)))
            continue;
        const auto kept = store.keepFile (samplesOf (*take), bytesOf (*entry->second));
        if (kept)
            continue;
        if (kept.error().code != ErrorCode::InvalidInput)
        {
            notes.push_back ("The audio in the project could not be put into the take store: " +
                             kept.error().text());
            break; // nor will the rest
        }
        ++damaged;
    }
    if (damaged > 0)
        notes.push_back ("The audio of " + number (damaged, "take") +
                         " in the project is damaged and is rendered again where it is needed.");
    return notes;
}
} // namespace tableread::project
