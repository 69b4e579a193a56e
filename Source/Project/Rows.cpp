// SPDX-License-Identifier: Apache-2.0
#include "Project/Rows.h"

#include <algorithm>

#include "Script/Direction.h"
#include "Script/PauseMark.h"
#include "Script/SourceLines.h"
#include "Script/Text.h"

namespace tableread::project
{
namespace
{
using Role = Row::Role;

std::size_t endingAt (std::string_view text, std::size_t at)
{
    if (at == text.size())
        return 0;
    return text.substr (at).starts_with ("\r\n") ? 2 : 1;
}

Role roleOf (const SourceLine& line, const SourceLines& all)
{
    using Kind = SourceLine::Kind;
    switch (line.kind)
    {
        case Kind::Blank:
        case Kind::Comment:
            return Role::Between;
        case Kind::Title:
            return Role::Title;
        case Kind::Direction:
            return Role::Direction;
        case Kind::Escaped:
            return Role::Apart;
        case Kind::Hash:
            return all.speakerOf (line) ? Role::Between : Role::Apart; // a comment; or spoken
        case Kind::Spoken:
            break;
    }
    if (line.rest.empty())
        return Role::Between;
    if (all.speakerOf (line))
        return Role::Cue;
    if (isInBrackets (line.rest))
        return Role::Direction;
    return leadingDirection (line.rest) ? Role::Bracketed : Role::Speech;
}

/** Divides the text before its first pause between words. @returns false: there is none. */
bool divide (std::u32string_view text, std::u32string& head, std::u32string& rest)
{
    for (auto pause = findPause (text, 0); pause; pause = findPause (text, pause->end))
    {
        const auto before = trimmed (text.substr (0, pause->start));
        auto after = trimmed (text.substr (pause->end));
        const auto closing =
            after.substr (0, after.find_first_not_of (U".,;:!?。，、；：！？")); // as the parser has it
        after = trimmed (after.substr (closing.size()));
        if (! pause->ms || before.empty() || before.ends_with (U':') || before.ends_with (U'：') ||
            after.empty())
            continue;
        head = std::u32string (before).append (closing);
        rest = std::u32string (text.substr (pause->start, pause->end - pause->start))
                   .append (U" ")
                   .append (after);
        return true;
    }
    return false;
}
} // namespace

std::vector<Row> rowsOf (std::string_view script, const ScriptRules& rules)
{
    std::vector<Row> rows;
    std::vector<std::u32string> texts;
    while (! script.empty())
    {
        const auto end = std::min (script.find_first_of ("\r\n"), script.size());
        const auto length = endingAt (script, end);
        rows.push_back (
            { std::string (script.substr (0, end)), std::string (script.substr (end, length)), {} });
        texts.push_back (decodeUtf8 (rows.back().text).value_or (U""));
        script.remove_prefix (end + length);
    }
    const SourceLines source (std::move (texts), rules);
    for (std::size_t at = 0; at < rows.size(); ++at)
        rows[at].role = roleOf (source.lines()[at], source);
    return rows;
}

std::string textOf (std::span<const Row> rows, bool endsLine)
{
    std::string usual = "\n";
    if (const auto first =
            std::find_if (rows.begin(), rows.end(), [] (const Row& row) { return ! row.ending.empty(); });
        first != rows.end())
        usual = first->ending;
    std::string text;
    for (std::size_t at = 0; at < rows.size(); ++at)
    {
        text += rows[at].text;
        if (at + 1 < rows.size() || endsLine)
            text += rows[at].ending.empty() ? usual : rows[at].ending;
    }
    return text;
}

bool isUnnamed (const Row& row)
{
    return row.role == Role::Speech || row.role == Role::Apart || row.role == Role::Bracketed;
}

std::vector<Row> dividedAtPauses (const Row& row)
{
    if (row.role != Role::Cue && row.role != Role::Speech && row.role != Role::Bracketed)
        return { row };
    std::vector<Row> rows;
    auto text = decodeUtf8 (row.text).value_or (U"");
    std::u32string head, rest;
    while (divide (text, head, rest))
    {
        rows.push_back ({ encodeUtf8 (head), row.ending, rows.empty() ? row.role : Role::Speech });
        text = rest;
    }
    if (rows.empty())
        return { row };
    rows.push_back ({ encodeUtf8 (text), row.ending, Role::Speech });
    return rows;
}

void nameSpeaker (std::vector<Row>& rows, std::size_t place, const std::string& speaker)
{
    auto first = place; // of the directions above it
    for (auto at = place; at-- > 0 && rows[at].role != Role::Title && rows[at].role != Role::Cue;)
        if (rows[at].role == Role::Direction)
            first = at;
    auto& row = rows[place];
    if (row.role == Role::Bracketed)
        row.text = '\\' + row.text;
    const Row name { speaker + ':', {}, Role::Cue };
    if (first == place && row.role == Role::Speech)
    {
        row.text = name.text + ' ' + row.text;
        row.role = Role::Cue;
    }
    else
        rows.insert (rows.begin() + (std::ptrdiff_t) first, name);
}
} // namespace tableread::project
