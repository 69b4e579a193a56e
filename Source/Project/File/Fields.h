// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "Core/JsonFields.h"
#include "Project/Document.h"
#include "Project/File/Unknown.h"

/** One list of an object's fields (Schema.h) serves to read and to write it: it calls the functions that FieldReader and
    FieldWriter both have. */
namespace tableread::project
{
/** A text from a file as a sentence can hold it: shortened, on one line. */
std::string inQuotes (const std::string& text);

/** Reads the fields of one object of a file. One that is missing keeps its value; one of another type, or out of range,
    throws an Exception that names it. */
class FieldReader
{
public:
    using Json = nlohmann::json;

    /** @param at the object's own place, "lines[3]." or empty. Keeps a reference to `object`. */
    FieldReader (const Json& object, std::string at);

    void text (const char* name, std::string& value);
    void path (const char* name, std::filesystem::path& value); // without a zero byte
    void hash (const char* name, std::string& value);           // of contentHash(); may be empty
    void flag (const char* name, bool& value, bool otherwise = false);
    void number (const char* name, std::uint64_t& value);
    void real (const char* name, double& value, double least, double most);
    void real (const char* name, std::optional<float>& value, float least, float most);
    void colour (const char* name, std::uint32_t& value);
    void anchor (const char* name, std::optional<Anchor>& value);

    template <typename Tag>
    void id (const char* name, Id<Tag>& value) // that an object must have
    {
        number (name, value.value);
        if (! value)
            refuse (name, "an id of 1 or more is expected here");
    }

    template <typename T>
    void whole (const char* name, T& value, std::int64_t least, std::int64_t most)
    {
        asked.emplace_back (name);
        value = (T) fields.integer (name, (std::int64_t) value, least, most);
    }

    template <typename T>
    void whole (const char* name, std::optional<T>& value, std::int64_t least, std::int64_t most)
    {
        if (find (name) != nullptr)
            whole (name, value.emplace(), least, most);
    }

    template <typename Value, typename Names>
    void choice (const char* name, Value& value, const Names& names)
    {
        std::string word;
        text (name, word);
        const auto found = std::find_if (std::begin (names), std::end (names),
                                         [&] (const auto& entry) { return word == entry.second; });
        if (found == std::end (names))
            refuse (name, inQuotes (word) + " is unknown");
        value = found->first;
    }

    /** The same for a field that may be missing. */
    template <typename Value, typename Names>
    void choice (const char* name, Value& value, const Names& names, Value)
    {
        if (find (name) != nullptr)
            choice (name, value, names);
    }

    template <typename Read>
    void object (const char* name, Read&& read)
    {
        asked.emplace_back (name);
        if (const auto* found = fields.find (name))
            readInner (name, *found, place + name + '.', std::forward<Read> (read));
    }

    /** `read` is called with a reader and an entry; `keyOf` tells entries apart. @throws if two have one key. */
    template <typename T, typename Key, typename Read>
    void list (const char* name, std::vector<T>& values, const Key& keyOf, const Read& read)
    {
        asked.emplace_back (name);
        const auto& entries = fields.list (name, mostEntries);
        std::vector<std::string> keys;
        keys.reserve (entries.size());
        for (const auto& entry : entries)
        {
            const auto at = place + name + '[' + std::to_string (values.size()) + ']';
            FieldReader reader (entry, at + '.');
            read (reader, values.emplace_back());
            keys.push_back (keyOf (values.back()));
            keep (std::string (name) + '/' + keys.back(), reader);
        }
        refuseTwins (name, std::move (keys));
    }

    void texts (const char* name, std::vector<std::string>& values);

    /** A field that somebody else reads; null: there is none. */
    const Json* find (const char* name);

    /** What nobody has asked for. */
    Unknown unknown() const;

    [[noreturn]] void refuse (const std::string& name, const std::string& why) const;

    static constexpr std::size_t mostEntries = 100'000; // of a list, as many as a script has lines

private:
    template <typename Read>
    void readInner (const std::string& key, const Json& found, std::string at, Read&& read)
    {
        FieldReader reader (found, std::move (at));
        read (reader);
        keep (key, reader);
    }

    void keep (const std::string& key, const FieldReader& reader);
    void refuseTwins (const char* name, std::vector<std::string> keys) const;

    const Json& source;
    std::string place;
    JsonFields fields;
    std::vector<std::string_view> asked;
    std::map<std::string, Unknown> inner;
};

/** Writes the fields of one object; those that are empty, zero or as usual are left out. */
class FieldWriter
{
public:
    using Json = nlohmann::json;

    /** `others`: what was unknown when the object was read; may be null. */
    explicit FieldWriter (const Unknown* others) : unknown (others) {}

    void text (const char* name, const std::string& value);
    void path (const char* name, const std::filesystem::path& value) { text (name, value.string()); }
    void hash (const char* name, const std::string& value) { text (name, value); }
    void flag (const char* name, bool value, bool otherwise = false);
    void number (const char* name, std::uint64_t value);
    void real (const char* name, double value, double least, double most);
    void real (const char* name, const std::optional<float>& value, float least, float most);
    void colour (const char* name, std::uint32_t value);
    void anchor (const char* name, const std::optional<Anchor>& value);

    template <typename Tag>
    void id (const char* name, Id<Tag> value)
    {
        number (name, value.value);
    }

    template <typename T>
    void whole (const char* name, T value, std::int64_t, std::int64_t)
    {
        if (value != 0)
            made[name] = value;
    }

    template <typename T>
    void whole (const char* name, const std::optional<T>& value, std::int64_t, std::int64_t)
    {
        if (value)
            made[name] = *value;
    }

    template <typename Value, typename Names>
    void choice (const char* name, Value value, const Names& names)
    {
        for (const auto& [known, word] : names)
            if (known == value)
                made[name] = word;
    }

    template <typename Value, typename Names>
    void choice (const char* name, Value value, const Names& names, Value otherwise)
    {
        if (value != otherwise)
            choice (name, value, names);
    }

    template <typename Write>
    void object (const char* name, Write&& write)
    {
        FieldWriter writer (of (name));
        write (writer);
        if (auto object = writer.take(); ! object.empty())
            made[name] = std::move (object);
    }

    template <typename T, typename Key, typename Write>
    void list (const char* name, const std::vector<T>& values, const Key& keyOf, const Write& write)
    {
        auto entries = Json::array();
        for (const auto& value : values)
        {
            FieldWriter writer (of (std::string (name) + '/' + keyOf (value)));
            write (writer, value);
            entries.push_back (writer.take());
        }
        if (! entries.empty())
            made[name] = std::move (entries);
    }

    /** The object, with what was unknown. */
    Json take();

private:
    const Unknown* of (const std::string& name) const
    {
        return unknown != nullptr ? unknown->in (name) : nullptr;
    }

    const Unknown* unknown;
    Json made = Json::object();
};
} // namespace tableread::project
