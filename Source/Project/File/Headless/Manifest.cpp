// SPDX-License-Identifier: Apache-2.0
#include "Project/File/Headless/Manifest.h"

#include <algorithm>
#include <new>
#include <set>
#include <system_error>
#include <utility>

#include "Passage/Names.h"
#include "Project/Edit.h"
#include "Project/File/Fields.h"
#include "Project/File/Place.h"
#include "Project/File/Schema.h"
#include "Project/File/Voices.h"

namespace tableread::project
{
namespace
{
namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* manifestField = "tableread_manifest";
constexpr std::uint64_t manifestVersion = 1;
constexpr JsonLimits limits { .values = 2'000'000 };
constexpr std::size_t mostIdBytes = 200; // a file's name has 255, and an ending

struct Entry
{
    ManifestLine line;
    std::string speaker, direction, text;
};

std::string lowerCase (std::string text)
{
    std::transform (text.begin(), text.end(), text.begin(),
                    [] (char c) { return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c; });
    return text;
}

/** Whether every system takes it as the name of a file. */
bool isFileName (const std::string& id)
{
    return ! id.empty() && id.size() <= mostIdBytes && id.front() != '.' && id.front() != ' ' &&
           id.back() != '.' && id.back() != ' ' && std::none_of (id.begin(), id.end(), [] (char c) {
               return (unsigned char) c < 0x20 || c == 0x7f ||
                      std::string_view (R"(/\<>:"|?*)").find (c) != std::string_view::npos;
           });
}

/** Each run of white space as one space. */
std::string onOneRow (const std::string& text)
{
    std::string row;
    for (const char c : text)
        if (std::string_view (" \t\n\v\f\r").find (c) == std::string_view::npos)
            row += c;
        else if (! row.empty() && row.back() != ' ')
            row += ' ';
    if (row.ends_with (' '))
        row.pop_back();
    return row;
}

/** A recording by its path, or a voice of the model. */
VoiceReference voiceOf (const std::string& value, const fs::path& folder)
{
    const fs::path path = value;
    if (! path.has_parent_path() && ! isSound (path))
        return { value, {} };
    return { path.stem().string(), (folder / path).lexically_normal() };
}

/** What "voices" has for a speaker: a voice, or an object of voices by direction. */
Member memberOf (const FieldReader& root, const std::string& speaker, const Json& value,
                 const fs::path& folder)
{
    const auto at = "voices." + inQuotes (speaker);
    Member member;
    member.speaker = speaker;
    member.isChosen = true;
    const auto add = [&] (const std::string& direction, const Json& voice) {
        if (! voice.is_string() || voice.get_ref<const std::string&>().empty() ||
            voice.get_ref<const std::string&>().find ('\0') != std::string::npos)
            root.refuse (at, "a recording's path or the name of a model's voice is expected here");
        member.moods.push_back ({ direction, voiceOf (voice.get<std::string>(), folder), {}, {} });
    };
    if (! value.is_object())
    {
        add ({}, value);
        return member;
    }
    if (! value.contains (""))
        root.refuse (at, "a voice for \"\" is missing: for lines without a direction");
    add ({}, value[""]); // the first is that without a direction
    for (const auto& [direction, voice] : value.items())
        if (! direction.empty())
            add (direction, voice);
    return member;
}

std::vector<Member> readVoices (FieldReader& root, const fs::path& folder)
{
    std::vector<Member> members;
    const auto* const voices = root.find ("voices");
    if (voices == nullptr || ! voices->is_object() || voices->size() > FieldReader::mostEntries)
        root.refuse ("voices", "an object with a voice for each speaker is expected here");
    std::set<std::string> names;
    for (const auto& [speaker, value] : voices->items())
        if (names.insert (foldedName (speaker)).second)
            members.push_back (memberOf (root, speaker, value, folder));
        else
            root.refuse ("voices", inQuotes (speaker) + " is there twice");
    return members;
}

std::vector<Entry> readLines (FieldReader& root)
{
    std::vector<Entry> entries;
    root.list (
        "lines", entries, [] (const Entry& entry) { return lowerCase (entry.line.id); },
        [] (FieldReader& io, Entry& entry) {
            io.text ("id", entry.line.id);
            if (! isFileName (entry.line.id))
                io.refuse ("id",
                           inQuotes (entry.line.id) + " cannot name a file. Use letters, digits, - and _");
            io.text ("speaker", entry.speaker);
            io.text ("direction", entry.direction);
            io.text ("text", entry.text);
            if (io.find ("seed") != nullptr)
                io.number ("seed", entry.line.seed.emplace());
        });
    if (entries.empty())
        root.refuse ("lines", "there is no line to speak");
    return entries;
}

/** Finds who has no voice. */
class Speakers
{
public:
    explicit Speakers (const Document& document)
    {
        for (const auto& member : document.cast)
            if (isEverybodyElse ({ member->speaker, {} }))
                hasEverybodyElse = true;
            else
                names.insert (foldedName (member->speaker));
    }

    bool hasVoice (const std::string& speaker) const
    {
        return hasEverybodyElse || names.contains (foldedName (speaker));
    }

private:
    std::set<std::string> names;
    bool hasEverybodyElse = false;
};

std::string rowOf (const Entry& entry)
{
    const auto direction = onOneRow (entry.direction);
    return onOneRow (entry.speaker) + (direction.empty() ? "" : " (" + direction + ')') + ": " +
           onOneRow (entry.text) + '\n';
}

/** How an entry was read in the script; the field that is at fault, or null. */
const char* faultOf (const Entry& entry, const Line& line)
{
    if (! sameName (line.speaker, onOneRow (entry.speaker)))
        return "speaker";
    if (! entry.direction.empty() && line.direction != onOneRow (entry.direction))
        return "direction";
    return line.pauseBeforeMs != 0 ? "text" : nullptr;
}

/** The document whose script has a row for each entry. @throws Exception for the first that is no line of a script. */
Document withLines (const FieldReader& root, const Document& document, const std::vector<Entry>& entries)
{
    const auto refuse = [&] (std::size_t at, const char* field) {
        root.refuse ("lines[" + std::to_string (at) + "]." + field,
                     inQuotes (entries[at].line.id) +
                         " cannot be written as one line of a script: Speaker (direction): text. Change it");
    };
    const Speakers speakers (document);
    std::string script;
    for (std::size_t at = 0; at < entries.size(); ++at)
    {
        const auto& entry = entries[at];
        if (onOneRow (entry.speaker).empty())
            refuse (at, "speaker");
        if (onOneRow (entry.text).empty())
            refuse (at, "text");
        if (! speakers.hasVoice (onOneRow (entry.speaker)))
            root.refuse ("lines[" + std::to_string (at) + "].speaker",
                         inQuotes (entry.speaker) + " has no voice. Give it one in \"voices\"");
        script += rowOf (entry);
    }
    auto read = apply (document, SetScript { std::move (script) });
    if (! read)
        root.refuse ("lines", read.error().text());
    for (std::size_t at = 0; at < entries.size(); ++at)
    {
        const int row = (int) at + 1;
        if (at >= read->lines.size() || read->lines[at]->sourceLine != row)
            refuse (at > 0 && at < read->lines.size() && read->lines[at]->sourceLine < row ? at - 1 : at,
                    "text");
        if (const auto* const field = faultOf (entries[at], *read->lines[at]))
            refuse (at, field);
    }
    if (read->lines.size() > entries.size())
        refuse (entries.size() - 1, "text");
    return std::move (*read);
}

Manifest readManifestFields (const Json& json, const fs::path& folder)
{
    FieldReader root (json, {});
    std::uint64_t version = 0;
    root.number (manifestField, version);
    if (version == 0)
        root.refuse (manifestField, "a manifest's version is missing: 1");
    if (version > manifestVersion)
        fail (ErrorCode::Unsupported, "is a manifest of version " + std::to_string (version) +
                                          ", and this engine reads up to " +
                                          std::to_string (manifestVersion) + ". Install a newer one.");
    Document document;
    root.number ("seed", document.settings.seed);
    root.real ("cfg_scale", document.settings.guidanceScale, 0.0f, mostGuidance);
    root.whole ("steps", document.settings.steps, 1, mostSteps);
    auto voiced = apply (document, SetMembers { readVoices (root, folder) });
    if (! voiced)
        root.refuse ("voices", voiced.error().text());
    const auto entries = readLines (root);
    document = withLines (root, *voiced, entries);
    Manifest manifest { std::make_shared<const Document> (std::move (document)), {} };
    for (const auto& entry : entries)
        manifest.lines.push_back (entry.line);
    return manifest;
}
} // namespace

bool isManifest (const fs::path& file)
{
    return lowerCase (file.extension().string()) == ".json";
}

Result<Manifest> parseManifest (std::string_view text, const std::string& name, const fs::path& folder)
{
    try
    {
        return readManifestFields (parseJson (text, "it", limits), folder);
    }
    catch (const Exception& exception)
    {
        const bool isNewer = exception.error.code == ErrorCode::Unsupported;
        const auto why = exception.error.text();
        return tl::unexpected (Error { isNewer ? ErrorCode::Unsupported : ErrorCode::InvalidInput,
                                       why.ends_with ('.') ? why : why + '.', name });
    }
    catch (const std::bad_alloc&)
    {
        return tl::unexpected (
            Error { ErrorCode::OutOfMemory, "no memory is left to read it. Close other programs.", name });
    }
}

Result<Manifest> readManifest (const fs::path& file)
{
    const auto bytes = readBytes (file);
    if (! bytes)
        return tl::unexpected (bytes.error());
    std::error_code ignored;
    return parseManifest (*bytes, file.string(), fs::absolute (file, ignored).parent_path());
}
} // namespace tableread::project
