// SPDX-License-Identifier: Apache-2.0
#include "Project/File/Text.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "Core/ContentHash.h"
#include "Project/File/Fields.h"
#include "Project/File/Schema.h"

namespace tableread::project
{
namespace
{
using Json = nlohmann::json;

std::string hashOf (const std::string& text)
{
    return hashOfBytes (std::as_bytes (std::span (text.data(), text.size())));
}

void append (std::string& text, const TextField& field, bool isCanonical)
{
    const char* const line = isCanonical ? "" : "\n";
    text += compact (field.name) + (isCanonical ? ":" : ": ");
    if (! field.brackets.empty())
        text += field.brackets.front() + std::string (line);
    const char* separator = "";
    for (const auto& value : field.values)
    {
        text += separator;
        text += *value;
        separator = isCanonical ? "," : ",\n";
    }
    if (! field.brackets.empty())
        text += std::string (field.values.empty() ? "" : line) + field.brackets.back();
}

std::string canonical (std::vector<TextField> fields)
{
    std::sort (fields.begin(), fields.end(), [] (const auto& a, const auto& b) { return a.name < b.name; });
    std::string text = "{";
    for (const auto& field : fields)
    {
        text += text.size() > 1 ? "," : "";
        append (text, field, true);
    }
    return text + '}';
}

TextField single (const std::string& name, std::string json)
{
    return { name, { std::make_shared<const std::string> (std::move (json)) } };
}

const Unknown* unknownOf (const Unknown* all, const std::string& name)
{
    return all != nullptr ? all->in (name) : nullptr;
}

/** Makes the JSON of one kind of entry. */
template <typename T, typename Fields>
std::function<std::string (const T&)> maker (const Unknown* all, const std::string& list,
                                             const Fields& fields)
{
    return [all, list, fields] (const T& entry) {
        FieldWriter writer (unknownOf (all, list + '/' + keyOf (entry)));
        fields (writer, entry);
        return compact (writer.take());
    };
}

TextField audioField (const Content& content)
{
    TextField field { "audio", {}, "{}" };
    if (content.audio == nullptr)
        return field;
    std::vector<std::string> hashes;
    hashes.reserve (content.document->takes.size());
    for (const auto& take : content.document->takes)
        hashes.push_back (take->audio);
    std::sort (hashes.begin(), hashes.end());
    for (const auto& [hash, json] : *content.audio)
        if (std::binary_search (hashes.begin(), hashes.end(), hash))
            field.values.push_back (std::make_shared<const std::string> (compact (hash) + ':' + *json));
    return field;
}
} // namespace

std::string compact (const Json& json)
{
    return json.dump (-1, ' ', false, Json::error_handler_t::replace);
}

std::string checksumOf (const Json& root)
{
    auto rest = root;
    rest.erase ("checksum");
    return hashOf (compact (rest));
}

std::string toText (std::vector<TextField> fields)
{
    fields.insert (fields.begin() + 1, single ("checksum", compact (hashOf (canonical (fields)))));
    std::string text = "{\n";
    for (const auto& field : fields)
    {
        text += text.size() > 2 ? ",\n" : "";
        append (text, field, false);
    }
    return text + "\n}\n";
}

std::string TextWriter::text (const Content& content)
{
    const auto& document = *content.document;
    if (unknown != content.unknown)
    {
        lines.forget();
        cast.forget();
        takes.forget();
        unknown = content.unknown;
    }
    const auto* others = unknown.get();
    FieldWriter settings (unknownOf (others, "settings"));
    settingsFields (settings, document.settings);

    std::vector<TextField> fields {
        single ("tableread_state", std::to_string (formatVersion)),
        { "script",
          scripts.of ({ document.script }, [] (const std::string& script) { return compact (script); }) },
        single ("scenes", compact (document.scenes)),
        single ("settings", compact (settings.take())),
        single ("tempo", compact (document.tempo)),
        single ("next_id", std::to_string (document.nextId)),
        { "cast",
          cast.of (document.cast,
                   maker<Member> (others, "cast", [] (auto& io, auto& entry) { memberFields (io, entry); })),
          "[]" },
        { "lines",
          lines.of (document.lines,
                    maker<Line> (others, "lines", [] (auto& io, auto& entry) { lineFields (io, entry); })),
          "[]" },
        { "takes",
          takes.of (
              document.takes,
              maker<TakeRecord> (others, "takes", [] (auto& io, auto& entry) { takeFields (io, entry); })),
          "[]" }
    };
    if (! document.id.empty())
        fields.insert (fields.begin() + 1, single ("id", compact (document.id)));
    if (others != nullptr)
        for (const auto& [name, value] : others->fields.items())
            fields.push_back (single (name, compact (value)));
    if (auto audio = audioField (content); ! audio.values.empty())
        fields.push_back (std::move (audio));
    return toText (std::move (fields));
}

std::string toText (const Content& content)
{
    return TextWriter().text (content);
}
} // namespace tableread::project
