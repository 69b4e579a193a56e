// SPDX-License-Identifier: Apache-2.0
#include "Script/Characters.h"

#include <algorithm>
#include <array>

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "Script/Text.h"

namespace tableread
{
namespace
{
constexpr char32_t nonJoiner = 0x200c, joiner = 0x200d;

/** Joiners choose between letter forms here, and with them between words. */
bool scriptHasJoiners (char32_t character)
{
    constexpr std::array<UScriptCode, 23> scripts {
        USCRIPT_ARABIC,   USCRIPT_SYRIAC,    USCRIPT_MANDAIC,         USCRIPT_NKO,        USCRIPT_MONGOLIAN,
        USCRIPT_PHAGS_PA, USCRIPT_ADLAM,     USCRIPT_HANIFI_ROHINGYA, USCRIPT_DEVANAGARI, USCRIPT_BENGALI,
        USCRIPT_GURMUKHI, USCRIPT_GUJARATI,  USCRIPT_ORIYA,           USCRIPT_TAMIL,      USCRIPT_TELUGU,
        USCRIPT_KANNADA,  USCRIPT_MALAYALAM, USCRIPT_SINHALA,         USCRIPT_KHMER,      USCRIPT_MYANMAR,
        USCRIPT_TIBETAN,  USCRIPT_BALINESE,  USCRIPT_JAVANESE
    };
    auto status = U_ZERO_ERROR;
    const auto script = uscript_getScript ((UChar32) character, &status);
    return U_SUCCESS (status) && std::find (scripts.begin(), scripts.end(), script) != scripts.end();
}

bool isInvisible (char32_t character)
{
    if (character < 0x7f)
        return character < U' ' && ! isWhiteSpace (character);
    const bool mongolian = character >= 0x180b && character <= 0x180d; // these choose between letter forms
    return ! mongolian && (u_hasBinaryProperty ((UChar32) character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
                           (isOfCategory (character, U_GC_CC_MASK) && ! isWhiteSpace (character)) ||
                           (character >= 0xfff9 && character <= 0xfffb) || isZeroWidth (character));
}
} // namespace

bool isOfCategory (char32_t character, std::uint32_t mask)
{
    return (U_GET_GC_MASK ((UChar32) character) & mask) != 0;
}

bool isLetter (char32_t character)
{
    return isOfCategory (character, U_GC_L_MASK);
}

bool hasLetterOrDigit (std::u32string_view text)
{
    return std::any_of (text.begin(), text.end(),
                        [] (char32_t c) { return isOfCategory (c, U_GC_L_MASK | U_GC_N_MASK); });
}

bool isEmoji (char32_t character)
{
    constexpr char32_t keyCap = 0x20e3, firstPicture = 0x2300; // below it are ©, ™, arrows: read as text
    if (character < keyCap)
        return false;
    const auto has = [character] (UProperty property) {
        return u_hasBinaryProperty ((UChar32) character, property) != 0;
    };
    return character == keyCap || has (UCHAR_EMOJI_PRESENTATION) || has (UCHAR_EMOJI_MODIFIER) ||
           has (UCHAR_REGIONAL_INDICATOR) || (character >= firstPicture && has (UCHAR_EXTENDED_PICTOGRAPHIC));
}

std::u32string withoutInvisible (std::u32string_view text)
{
    std::u32string visible;
    visible.reserve (text.size());
    for (const auto character : text)
    {
        const bool joins = character == nonJoiner || character == joiner;
        // A mark is of its letter's script; one of several scripts keeps no joiner.
        if (joins ? ! visible.empty() && scriptHasJoiners (visible.back()) : ! isInvisible (character))
            visible += character;
    }
    return visible;
}
} // namespace tableread
