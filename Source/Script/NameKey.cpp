// SPDX-License-Identifier: Apache-2.0
#include "Script/NameKey.h"

#include <algorithm>

#include "Script/Cue/Cue.h"
#include "Script/Text.h"

namespace tableread
{
namespace
{
/** In text that is folded already. */
char32_t plainQuote (char32_t character)
{
    constexpr std::u32string_view apostrophes = U"’‘ʼ", quotes = U"“”„";
    if (apostrophes.find (character) != apostrophes.npos)
        return U'\'';
    return quotes.find (character) != quotes.npos ? U'"' : character;
}
} // namespace

std::u32string nameKey (std::u32string_view name)
{
    std::u32string key;
    for (const auto character : foldCompatible (name))
    {
        if (! isWhiteSpace (character))
            key += plainQuote (character);
        else if (! key.empty() && key.back() != U' ')
            key += U' ';
    }
    if (key.ends_with (U' '))
        key.pop_back();
    if (const auto number = speakerNumber (key))
    {
        const auto digits = std::to_string (*number);
        return U"speaker " + std::u32string (digits.begin(), digits.end());
    }
    return key;
}
} // namespace tableread
