// SPDX-License-Identifier: Apache-2.0
#include "Script/Typography.h"

#include <algorithm>
#include <array>
#include <utility>

#include "Script/Characters.h"

namespace tableread
{
namespace
{
constexpr char32_t apostrophe = U'’';
using Replacement = std::pair<char32_t, std::u32string_view>;

/** What is not a range; sorted by character. */
constexpr std::array<Replacement, 34> replacements { {
    { 0x00a0, U" " },  { 0x02bc, U"'" },   { 0x2010, U"-" },   { 0x2011, U"-" },   { 0x2012, U"-" },
    { 0x2013, U"-" },  { 0x2014, U"-" },   { 0x2015, U"-" },   { 0x2018, U"'" },   { 0x2019, U"'" },
    { 0x201a, U"'" },  { 0x201b, U"'" },   { 0x201c, U"\"" },  { 0x201d, U"\"" },  { 0x201e, U"\"" },
    { 0x201f, U"\"" }, { 0x2026, U"..." }, { 0x202f, U" " },   { 0x2032, U"'" },   { 0x2033, U"\"" },
    { 0x205f, U" " },  { 0x2212, U"-" },   { 0x2236, U":" },   { 0x3000, U" " },   { 0xfb00, U"ff" },
    { 0xfb01, U"fi" }, { 0xfb02, U"fl" },  { 0xfb03, U"ffi" }, { 0xfb04, U"ffl" }, { 0xfb05, U"st" },
    { 0xfb06, U"st" }, { 0xfe55, U":" },   { 0xfe58, U"-" },   { 0xfe63, U"-" },
} };

/** Appends the plain ASCII for a character, or the character. */
void appendPlain (std::u32string& text, char32_t character)
{
    constexpr char32_t firstWide = 0xff01, lastWide = 0xff5e, firstThin = 0x2000, lastThin = 0x200a;
    if (character >= firstWide && character <= lastWide)
        text += character - firstWide + U'!';
    else if (character >= firstThin && character <= lastThin)
        text += U' ';
    else if (const auto found = std::lower_bound (
                 replacements.begin(), replacements.end(), character,
                 [] (const Replacement& each, char32_t wanted) { return each.first < wanted; });
             found != replacements.end() && found->first == character)
        text += found->second;
    else
        text += character;
}
} // namespace

Typeset typeset (std::u32string_view text, Typography typography)
{
    Typeset result;
    if (typography != Typography::Full)
    {
        result.text = text;
        if (typography == Typography::Demo)
            std::replace (result.text.begin(), result.text.end(), apostrophe, U'\'');
        return result;
    }
    for (const auto character : text)
        if (! isEmoji (character))
            appendPlain (result.text, character);
        else
        {
            result.lostEmoji = true;
            if (result.text.ends_with (U' ')) // no second space where the emoji was
                result.text.pop_back();
        }
    return result;
}
} // namespace tableread
