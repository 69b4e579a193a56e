// SPDX-License-Identifier: Apache-2.0
#include "Project/File/ReadContent.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "Project/File/Fields.h"
#include "Project/File/Schema.h"
#include "Project/File/Text.h"
#include "Project/LineIds.h"
#include "Project/Requests.h"
#include "Script/Script.h"

namespace tableread::project
{
namespace
{
using Json = nlohmann::json;

template <typename T>
Document::Shared<T> shared (std::vector<T> values)
{
    Document::Shared<T> result;
    result.reserve (values.size());
    for (auto& value : values)
        result.push_back (std::make_shared<const T> (std::move (value)));
    return result;
}

template <typename T, typename Read>
std::vector<T> readList (FieldReader& root, const char* name, const Read& read)
{
    std::vector<T> values;
    root.list (
        name, values, [] (const T& entry) { return keyOf (entry); }, read);
    return values;
}

/** What was saved of a take that is not there would only confuse, and is not worth refusing the rest. */
void mendTakes (std::vector<Line>& lines, std::vector<TakeRecord>& takes)
{
    std::unordered_set<std::uint64_t> known;
    for (auto& take : takes)
    {
        known.insert (take.id.value);
        if (! isWhole (take) || ! take.audio.empty())
            continue;
        take.state = TakeRecord::State::Failed;
        take.failure = "Its audio was not saved.";
    }
    for (auto& line : lines)
        if (! known.contains (line.chosen.value))
            line.chosen = {};
}

void checkScenes (const FieldReader& root, const Document& document)
{
    const auto scenes = std::max<std::size_t> (document.scenes.size(), 1);
    for (std::size_t i = 0; i < document.lines.size(); ++i)
        if (const auto scene = document.lines[i]->scene; (std::size_t) scene >= scenes)
            root.refuse ("lines[" + std::to_string (i) + "].scene",
                         "there is no scene " + std::to_string (scene));
}

/** One more than any that is given. @throws if there is none. */
std::uint64_t nextIdOf (const FieldReader& root, const Document& document)
{
    auto highest = std::max<std::uint64_t> (document.nextId, 1) - 1;
    for (const auto& line : document.lines)
        highest = std::max (highest, line->id.value);
    for (const auto& take : document.takes)
        highest = std::max ({ highest, take->id.value, take->line.value });
    constexpr auto most = std::uint64_t { 1 } << 63u;
    if (highest >= most)
        root.refuse ("next_id", "no ids are left");
    return highest + 1;
}

Document readDocument (FieldReader& root)
{
    Document document;
    root.hash ("id", document.id);
    std::string script;
    root.text ("script", script);
    if (script.size() > mostScriptBytes)
        root.refuse ("script", "it has more than " + std::to_string (mostScriptBytes) + " bytes");
    document.script = std::make_shared<const std::string> (std::move (script));
    document.scenes.clear();
    root.texts ("scenes", document.scenes);
    auto lines = readList<Line> (root, "lines", [] (auto& io, auto& line) { lineFields (io, line); });
    auto takes = readList<TakeRecord> (root, "takes", [] (auto& io, auto& take) { takeFields (io, take); });
    std::stable_sort (takes.begin(), takes.end(), [] (const auto& a, const auto& b) { return a.id < b.id; });
    mendTakes (lines, takes);
    document.lines = shared (std::move (lines));
    document.takes = shared (std::move (takes));
    document.cast =
        shared (readList<Member> (root, "cast", [] (auto& io, auto& member) { memberFields (io, member); }));
    root.object ("settings", [&] (FieldReader& inner) { settingsFields (inner, document.settings); });
    root.real ("tempo", document.tempo, 0.0, mostTempo);
    if (document.tempo <= 0.0)
        root.refuse ("tempo", "it is more than 0");
    root.number ("next_id", document.nextId);
    checkScenes (root, document);
    document.nextId = nextIdOf (root, document);
    return document;
}

std::shared_ptr<const EmbeddedAudio> readAudio (FieldReader& root)
{
    const auto* found = root.find ("audio");
    if (found == nullptr)
        return {};
    if (! found->is_object() || found->size() > FieldReader::mostEntries)
        root.refuse ("audio", "an object with an entry for each hash is expected here");
    auto audio = std::make_shared<EmbeddedAudio>();
    for (const auto& [hash, entry] : found->items())
        if (entry.is_object())
            audio->emplace (hash, std::make_shared<const std::string> (compact (entry)));
        else
            root.refuse ("audio", "an object is expected for " + inQuotes (hash));
    return audio;
}

/** Who edits a file by hand changes its script: the lines follow it. */
Document withLinesOfScript (Document document)
{
    auto read = withScript (document, *document.script);
    return read ? std::move (*read) : std::move (document);
}
} // namespace

Content readContent (const Json& json, const std::string& name)
{
    FieldReader root (json, {});
    std::uint64_t version = 0;
    std::string checksum;
    root.number ("tableread_state", version);
    root.text ("checksum", checksum);
    auto document = readDocument (root);
    Content content { .audio = readAudio (root) };
    if (checksum != checksumOf (json))
    {
        content.notes.push_back (name + (checksum.empty() ? " has no checksum" : " has another checksum") +
                                 ": it was edited by hand, or is damaged. It was opened; look it over.");
        document = withLinesOfScript (std::move (document));
    }
    content.document = std::make_shared<const Document> (std::move (document));
    if (auto others = root.unknown(); ! others.isEmpty())
        content.unknown = std::make_shared<const Unknown> (std::move (others));
    return content;
}
} // namespace tableread::project
