// SPDX-License-Identifier: Apache-2.0
#include "Settings/Outline.h"

#include <algorithm>

namespace tableread
{
namespace
{
constexpr auto npos = std::string_view::npos;

/** Walks over a text that toml++ has accepted, so it only needs to know where things end. */
class Walk
{
public:
    explicit Walk (std::string_view file) : text (file) {}

    SettingsOutline run()
    {
        constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";
        if (text.starts_with (byteOrderMark))
            at = byteOrderMark.size();
        outline.tables.push_back ({ .begin = at, .end = at });
        for (skipBlanks(); at < text.size(); skipBlanks())
            if (text[at] == '[')
                readHeader();
            else
                readEntry (outline.tables.back().name, {});
        return std::move (outline);
    }

private:
    /** Spaces, ends of lines and comments. */
    void skipBlanks()
    {
        for (; at < text.size(); ++at)
            if (text[at] == '#')
                at = std::min (text.find ('\n', at), text.size() - 1);
            else if (text[at] != ' ' && text[at] != '\t' && text[at] != '\r' && text[at] != '\n')
                return;
    }

    void skipSpaces() { at = std::min (text.find_first_not_of (" \t", at), text.size()); }

    std::size_t endOfLine (std::size_t from) const
    {
        const auto end = text.find ('\n', from);
        return end == npos ? text.size() : end + 1;
    }

    /** Over a text in quotes. */
    void skipQuoted()
    {
        const char quote = text[at];
        const std::string three (3, quote);
        const bool isLong = text.substr (at).starts_with (three);
        at += isLong ? 3 : 1;
        while (at < text.size() && ! (isLong ? text.substr (at).starts_with (three) : text[at] == quote))
            at += text[at] == '\\' && quote == '"' ? 2 : 1;
        at += isLong ? 3 : 1;
        while (isLong && at < text.size() &&
               text[at] == quote) // up to two may stand before the closing three
            ++at;
        at = std::min (at, text.size());
    }

    /** One part of a key, without its quotes. */
    std::string readPart()
    {
        skipSpaces();
        const auto begin = at;
        if (at < text.size() && (text[at] == '"' || text[at] == '\''))
        {
            skipQuoted();
            return std::string (text.substr (begin + 1, at - begin - 2));
        }
        at = std::min (text.find_first_of (" \t.=]", at), text.size());
        return std::string (text.substr (begin, at - begin));
    }

    std::string readKey()
    {
        auto key = readPart();
        for (skipSpaces(); at < text.size() && text[at] == '.'; skipSpaces())
        {
            ++at;
            key += '.' + readPart();
        }
        return key;
    }

    void readHeader()
    {
        const auto begin = at;
        at = text.find_first_not_of ('[', at);
        SettingsOutline::Table table { .name = readKey(), .begin = begin };
        table.isFirst = outline.findTable (table.name) == nullptr;
        at = table.end = endOfLine (at);
        outline.tables.push_back (std::move (table));
    }

    void readEntry (const std::string& in, std::optional<std::size_t> inside)
    {
        SettingsOutline::Entry entry { .begin = at, .inside = inside, .table = outline.tables.size() - 1 };
        entry.key = (in.empty() ? std::string() : in + '.') + readKey();
        ++at; // the sign between
        skipSpaces();
        entry.value = at;
        entry.isInlineTable = at < text.size() && text[at] == '{';
        const auto index = outline.entries.size();
        outline.entries.push_back (entry);
        if (entry.isInlineTable)
            readInline (entry.key, index);
        else
            skipValue();
        outline.entries[index].valueEnd = at;
        if (! inside)
            outline.tables.back().end = endOfLine (at);
    }

    void readInline (const std::string& key, std::size_t index)
    {
        ++at;
        for (skipBlanks(); at < text.size() && text[at] != '}'; skipBlanks())
            if (text[at] == ',')
                ++at;
            else
                readEntry (key, index);
        at = std::min (at + 1, text.size());
    }

    void skipValue()
    {
        if (at >= text.size())
            return;
        if (text[at] == '"' || text[at] == '\'')
            return skipQuoted();
        if (text[at] == '[')
            return skipList();
        at = std::min (text.find_first_of (",}#\r\n", at), text.size());
        while (text[at - 1] == ' ' || text[at - 1] == '\t')
            --at;
    }

    void skipList()
    {
        int depth = 0;
        do
        {
            skipBlanks();
            if (at >= text.size())
                return;
            const char c = text[at];
            if (c == '"' || c == '\'')
            {
                skipQuoted();
                continue;
            }
            depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
            ++at;
        } while (depth > 0);
    }

    std::string_view text;
    std::size_t at = 0;
    SettingsOutline outline;
};
} // namespace

const SettingsOutline::Entry* SettingsOutline::find (std::string_view key) const
{
    const auto found = std::ranges::find_if (
        entries, [&] (const auto& entry) { return entry.key == key && tables[entry.table].isFirst; });
    return found == entries.end() ? nullptr : &*found;
}

const SettingsOutline::Table* SettingsOutline::findTable (std::string_view name) const
{
    const auto found = std::ranges::find (tables, name, &Table::name);
    return found == tables.end() ? nullptr : &*found;
}

SettingsOutline outlineOf (std::string_view text)
{
    return Walk (text).run();
}
} // namespace tableread
