// SPDX-License-Identifier: Apache-2.0
#include "Settings/Writer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <sys/stat.h>

#include "Core/Disk/Bytes.h"
#include "Core/Disk/PendingFile.h"
#include "Settings/Keys.h"
#include "Settings/Outline.h"

namespace tableread
{
namespace
{
using Kind = SettingKey::Kind;
using Entry = SettingsOutline::Entry;

constexpr std::string_view firstModel = "models", modelsPrefix = "models.";

std::string inQuotes (std::string_view text)
{
    std::string result = "\"";
    for (const char c : text)
        result.append (c == '"' || c == '\\' ? 1 : 0, '\\') += c;
    return result + '"';
}

/** A key's values as they stand in the file. @returns InvalidInput if there is no such key. */
Result<std::string> written (const SettingChange& change)
{
    auto kind = Kind::Text;
    if (change.key == firstModel && change.values.empty())
        return std::string();
    const auto known = std::ranges::find (settingKeys(), change.key, &SettingKey::name);
    if (known != settingKeys().end())
        kind = known->kind;
    else if (const auto key = std::string_view (change.key);
             ! key.starts_with (modelsPrefix) ||
             std::ranges::find (modelKeys(), key.substr (modelsPrefix.size())) == modelKeys().end())
        return tl::unexpected (
            Error { ErrorCode::InvalidInput, unknownSetting ({}, change.key), change.key });
    if (kind == Kind::Pairs)
        return tl::unexpected (Error { ErrorCode::Unsupported, "a table is changed by hand", change.key });
    if (change.values.empty())
        return std::string();
    const auto& value = change.values.front();
    const bool isNumber = value.find_first_not_of ("0123456789") == std::string::npos;
    if (kind == Kind::Flag || kind == Kind::Whole || kind == Kind::Number ||
        (kind == Kind::WholeOrText && isNumber))
        return value;
    if (kind != Kind::Texts && kind != Kind::Paths)
        return inQuotes (value);
    std::string list;
    for (const auto& each : change.values)
        list += (list.empty() ? "" : ", ") + inQuotes (each);
    return '[' + list + ']';
}

/** Makes one change after the other. */
class Writer
{
public:
    explicit Writer (std::string_view file)
        : text (file)
        , lineEnd (file.find ("\r\n") == npos ? "\n" : "\r\n")
    {}

    void set (const std::string& key, const std::string& value)
    {
        outline = outlineOf (text);
        if (key == firstModel)
            return removeFirstModel();
        const auto* entry = outline.find (key);
        if (entry != nullptr && value.empty())
            remove (*entry);
        else if (entry != nullptr)
            text.replace (entry->value, entry->valueEnd - entry->value, value);
        else if (! value.empty())
            add (key, value);
    }

    /** Empty if a key is where this cannot change it. */
    std::optional<std::string> result() &&
    {
        return cannot ? std::nullopt : std::optional (std::move (text));
    }

private:
    static constexpr auto npos = std::string_view::npos;

    void remove (const Entry& entry)
    {
        auto end = entry.valueEnd;
        if (entry.inside)
            return removeInside (entry);
        end = std::min (text.find_first_not_of (" \t", end), text.size());
        if (end < text.size() && text[end] == '#') // whoever wrote the comment may want it
        {
            text.erase (entry.begin, end - entry.begin);
            return;
        }
        const auto lineBreak = text.find ('\n', end);
        const auto before = text.rfind ('\n', entry.begin);
        const auto begin = before == npos ? entry.begin : before + 1;
        text.erase (begin, (lineBreak == npos ? text.size() : lineBreak + 1) - begin);
    }

    /** Its keys and its header; the comments stay. */
    void removeFirstModel()
    {
        const auto isOfFirst = [this] (const Entry& entry) {
            const auto& table = outline.tables[entry.table];
            return table.name == firstModel && table.isFirst;
        };
        for (auto entry = std::ranges::find_if (outline.entries, isOfFirst); entry != outline.entries.end();
             entry = std::ranges::find_if (outline.entries, isOfFirst))
        {
            remove (*entry);
            outline = outlineOf (text);
        }
        const auto* header = outline.findTable (firstModel);
        if (header == nullptr) // a list in one line
        {
            cannot = outline.find (firstModel) != nullptr;
            return;
        }
        remove ({ .begin = header->begin, .valueEnd = text.find ("]]", header->begin) + 2 });
        const auto blank = lineEnd + lineEnd;
        if (text.ends_with (blank)) // that set the table apart
            text.erase (text.size() - lineEnd.size());
    }

    /** With the comma behind it, or that before it if it is the last one. */
    void removeInside (const Entry& entry)
    {
        auto begin = entry.begin, end = entry.valueEnd;
        const auto next = text.find_first_not_of (" \t", end);
        if (next != npos && text[next] == ',')
            end = std::min (text.find_first_not_of (" \t", next + 1), text.size());
        else if (const auto last = text.find_last_not_of (" \t", begin - 1);
                 last != npos && text[last] == ',')
            begin = last;
        text.erase (begin, end - begin);
    }

    void add (const std::string& key, const std::string& value)
    {
        const auto dot = key.find ('.');
        const auto table = dot == npos ? std::string() : key.substr (0, dot);
        const auto line = key.substr (dot + 1) + " = " + value; // npos + 1 is 0
        if (const auto* found = outline.findTable (table); found != nullptr)
            return table.empty() ? addToFile (line) : insertLine (found->end, line);
        if (const auto* inlined = outline.find (table); inlined != nullptr)
        {
            cannot = ! inlined->isInlineTable; // [[models]] as a list
            return cannot ? void() : addInside (*inlined, line);
        }
        const auto dotted =
            std::find_if (outline.entries.rbegin(), outline.entries.rend(), [&] (const Entry& entry) {
                return ! entry.inside && entry.key.starts_with (table + '.');
            });
        if (dotted != outline.entries.rend()) // its header would be an error then
            return insertLine (behindLine (dotted->valueEnd), table + '.' + line);
        if (! text.empty())
            insertLine (text.size(), {});
        insertLine (text.size(), table == "models" ? "[[models]]" : '[' + table + ']');
        insertLine (text.size(), line);
    }

    /** Behind the file's own keys; without any before the first table, above the comments that belong to it. */
    void addToFile (const std::string& line)
    {
        const auto& own = outline.tables.front();
        const bool hasKeys = own.end != own.begin;
        if (hasKeys || outline.tables.size() == 1)
            return insertLine (hasKeys ? own.end : text.size(), line);
        auto at = startOfLine (outline.tables[1].begin);
        while (at > own.begin)
        {
            const auto above = startOfLine (at - 1);
            if (text[text.find_first_not_of (" \t", above)] != '#') // at the latest it finds the header
                break;
            at = above;
        }
        insertLine (at, {});
        insertLine (at, line);
    }

    void addInside (const Entry& table, const std::string& entry)
    {
        const auto close = table.valueEnd - 1;
        const auto last = text.find_last_not_of (" \t", close - 1);
        const bool isEmpty = text[last] == '{';
        text.replace (last + 1, close - last - 1, (isEmpty ? " " : ", ") + entry + ' ');
    }

    /** Of the line that holds a position, or its end. */
    std::size_t startOfLine (std::size_t at) const
    {
        const auto before = at == 0 ? npos : text.rfind ('\n', at - 1);
        return std::max (outline.tables.front().begin, before == npos ? 0 : before + 1);
    }

    std::size_t behindLine (std::size_t at) const
    {
        const auto end = text.find ('\n', at);
        return end == npos ? text.size() : end + 1;
    }

    /** Puts a line in before what is at a position, the start of a line or the text's end. */
    void insertLine (std::size_t at, const std::string& line)
    {
        const bool lacksEnd = at == text.size() && at > 0 && text.back() != '\n';
        text.insert (at, (lacksEnd ? lineEnd : std::string()) + line + lineEnd);
    }

    std::string text;
    const std::string lineEnd;
    SettingsOutline outline;
    bool cannot = false;
};

Error notWritten (const SettingsPlace& place, int problem)
{
    return { codeOfSystemError (problem),
             std::string ("the settings cannot be written: ") + std::strerror (problem),
             place.file.string() };
}

/** What a changed file says of a key; of models the first one's. */
std::vector<std::string> valuesOf (const Settings& settings, const std::string& key)
{
    if (const auto* found = settings.find (key))
        return found->values;
    if (settings.models.empty() || ! key.starts_with (modelsPrefix))
        return {};
    const auto& first = settings.models.front();
    const auto word = std::string_view (key).substr (modelsPrefix.size());
    const auto& value = word == "name"     ? first.name
                        : word == "path"   ? first.path
                        : word == "device" ? first.device
                        : word == "dtype"  ? first.dtype
                                           : first.weights;
    return value.empty() ? std::vector<std::string> {} : std::vector { value };
}

/** Puts a text in the file's place. @returns 0 or errno. */
int replaceFile (const std::filesystem::path& file, std::string_view text)
{
    auto pending = PendingFile::create (file);
    if (! pending)
        return pending.error();
    struct stat before = {};
    constexpr mode_t ownersOnly = S_IRUSR | S_IWUSR, bits = 07777;
    const auto mode = ::stat (file.c_str(), &before) == 0 ? before.st_mode & bits : ownersOnly;
    if (::fchmod (pending->descriptor(), mode) != 0)
        return errno;
    if (const int problem = writeBytes (pending->descriptor(), std::as_bytes (std::span (text)));
        problem != 0)
        return problem;
    return pending->complete();
}
} // namespace

Result<std::string> changedSettings (std::string_view text, std::span<const SettingChange> changes,
                                     const SettingsPlace& place)
{
    const auto before = parseSettings (text, place);
    if (! before)
        return tl::unexpected (before.error());
    const auto byHand = [&] (const std::string& key) {
        return tl::unexpected (
            Error { ErrorCode::Unsupported,
                    key + " is written in a way that this program does not change. Change it by hand.",
                    place.file.string() });
    };
    Writer writer (text);
    for (const auto& change : changes)
    {
        const auto value = written (change);
        if (! value)
            return tl::unexpected (value.error());
        writer.set (change.key, *value);
    }
    auto changed = std::move (writer).result();
    if (! changed)
        return byHand ("models");
    const auto after = parseSettings (*changed, place);
    if (! after)
        return tl::unexpected (after.error());
    for (const auto& change : changes)
    {
        auto wanted = change.values;
        for (auto& value : wanted)
            if (value.starts_with ("~/") && ! place.home.empty())
                value = (place.home / value.substr (2)).string();
        const bool isThere = change.key == firstModel && ! before->models.empty() &&
                             after->models.size() >= before->models.size();
        if (isThere || valuesOf (*after, change.key) != wanted)
            return byHand (change.key);
    }
    return std::move (*changed);
}

Result<void> writeSettings (const SettingsPlace& place, std::span<const SettingChange> changes)
{
    if (place.file.empty())
        return tl::unexpected (
            Error { ErrorCode::NotFound,
                    "there is no settings file to write to" +
                        (place.namedBy.empty() ? std::string (": neither XDG_CONFIG_HOME nor HOME is set")
                                               : ": " + place.namedBy + " says so"),
                    {} });
    auto text = settingsText (place);
    if (! text)
        return tl::unexpected (text.error());
    const auto before = text->value_or (std::string());
    const auto changed = changedSettings (before, changes, place);
    if (! changed)
        return tl::unexpected (changed.error());
    if (before == *changed)
        return {};
    std::error_code failed;
    std::filesystem::create_directories (place.file.parent_path(), failed);
    auto file = std::filesystem::weakly_canonical (place.file, failed); // what a link means, which stays
    if (failed)
        return tl::unexpected (notWritten (place, failed.value()));
    if (const auto now = settingsText (place); ! now || *now != *text)
        return tl::unexpected (Error { ErrorCode::Busy,
                                       "somebody else has just changed the settings file. Try again.",
                                       place.file.string() });
    if (const int problem = replaceFile (file, *changed); problem != 0)
        return tl::unexpected (notWritten (place, problem));
    return {};
}
} // namespace tableread
