// SPDX-License-Identifier: Apache-2.0
#include "Import/Fountain.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <unicode/uchar.h>

#include "Script/Characters.h"
#include "Script/Cue/Cue.h"
#include "Script/Cue/Name.h"
#include "Script/NameKey.h"
#include "Script/Text.h"

namespace tableread
{
namespace
{
constexpr std::size_t mostName = 40; // characters

/** What a text has of each kind of line. */
struct Counts
{
    std::size_t headings = 0, transitions = 0, titleKeys = 0, colonCues = 0, blocks = 0;
    std::map<std::u32string, std::size_t> names; // above what they say

    bool anyRepeats() const
    {
        return std::any_of (names.begin(), names.end(), [] (const auto& each) { return each.second > 1; });
    }
};

bool isUpper (std::u32string_view text)
{
    return std::any_of (text.begin(), text.end(),
                        [] (char32_t c) { return isOfCategory (c, U_GC_LU_MASK); }) &&
           std::none_of (text.begin(), text.end(),
                         [] (char32_t c) { return isOfCategory (c, U_GC_LL_MASK); });
}

/** "INT. KITCHEN - DAY" */
bool isHeading (std::u32string_view line)
{
    constexpr std::array<std::u32string_view, 8> beginnings { U"INT.", U"EXT.",     U"EST.",    U"INT/EXT",
                                                              U"I/E",  U"INT./EXT", U"EXT/INT", U"EXT./INT" };
    return std::any_of (beginnings.begin(), beginnings.end(), [&] (auto each) {
        if (! line.starts_with (each))
            return false;
        auto rest = line.substr (each.size());
        if (rest.starts_with (U'.'))
            rest.remove_prefix (1);
        return ! rest.empty() && isWhiteSpace (rest.front()) && isLetter (trimmed (rest).front());
    });
}

/** "CUT TO:", "> FADE OUT.", "FADE IN:" alone in a line. */
bool isTransitionLine (std::u32string_view line)
{
    if (line.starts_with (U'>'))
        line = trimmed (line.substr (1));
    if (line.size() > mostName || (! line.ends_with (U':') && ! line.ends_with (U'.')))
        return false;
    line.remove_suffix (1);
    return isUpper (line) && isTransition (nameKey (line));
}

/** "ANNA", "BEN (O.S.)", "@McCLANE": without what is in parentheses; empty if it is none of these. */
std::u32string_view characterName (std::u32string_view line)
{
    const bool forced = line.starts_with (U'@');
    if (forced)
        line.remove_prefix (1);
    if (line.ends_with (U'^')) // speaks at the same time
        line = trimmed (line.substr (0, line.size() - 1));
    cutDirection (line);
    const auto words = wordsOf (line);
    const auto shape = line.size() > mostName ? NameShape::None : shapeOf (words);
    const bool isName = shape == NameShape::Capitals || shape == NameShape::Numbered;
    return (forced && ! line.empty() && line.size() <= mostName) || (isName && isUpper (line))
               ? line
               : std::u32string_view();
}

bool isTitleKey (const Cue& cue)
{
    constexpr std::array<std::u32string_view, 9> keys { U"title",   U"credit", U"author",
                                                        U"authors", U"source", U"draft date",
                                                        U"contact", U"notes",  U"copyright" };
    const auto key = nameKey (cue.name);
    return std::find (keys.begin(), keys.end(), key) != keys.end();
}

std::vector<std::u32string> linesOf (std::string_view utf8)
{
    constexpr std::size_t enough = 400'000; // bytes from which the format is clear
    std::vector<std::u32string> lines;
    utf8 = utf8.substr (0, enough);
    while (! utf8.empty())
    {
        const auto end = std::min (utf8.find_first_of ("\r\n"), utf8.size());
        lines.push_back (withoutInvisible (decodeUtf8 (utf8.substr (0, end)).value_or (U"")));
        utf8.remove_prefix (end);
        utf8.remove_prefix (utf8.starts_with ("\r\n") ? 2 : std::min<std::size_t> (1, utf8.size()));
    }
    return lines;
}

Counts countLines (const std::vector<std::u32string>& lines)
{
    Counts counts;
    bool titlePage = true; // until the first blank line
    for (std::size_t i = 0; i < lines.size(); ++i)
    {
        const auto line = trimmed (lines[i]);
        if (line.empty())
        {
            titlePage = titlePage && i == 0;
            continue;
        }
        const bool afterBlank = i == 0 || trimmed (lines[i - 1]).empty();
        const bool beforeText = i + 1 < lines.size() && ! trimmed (lines[i + 1]).empty();
        const auto cue = findCue (line);
        if (cue && cue->kind == Cue::Kind::Certain)
            ++(titlePage && isTitleKey (*cue) ? counts.titleKeys : counts.colonCues);
        else if (isTransitionLine (line))
            ++counts.transitions;
        else if (afterBlank && isHeading (line))
            ++counts.headings;
        else if (const auto name = afterBlank && beforeText ? characterName (line) : std::u32string_view();
                 ! name.empty())
        {
            ++counts.blocks;
            ++counts.names[nameKey (name)];
        }
    }
    return counts;
}
} // namespace

bool isFountain (std::string_view utf8)
{
    const auto counts = countLines (linesOf (utf8));
    const auto signs = counts.headings + counts.transitions + counts.blocks;
    if (counts.colonCues >= signs)
        return false;
    constexpr std::size_t few = 3;
    const bool screen = counts.headings + counts.transitions > 0;
    return (screen &&
            (counts.blocks > 0 || counts.titleKeys > 1 || counts.headings + counts.transitions > 1)) ||
           (counts.titleKeys > 1 && counts.blocks > 0) || (counts.blocks >= few && counts.anyRepeats());
}
} // namespace tableread
