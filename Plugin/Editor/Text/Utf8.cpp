// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/Utf8.h"

#include <algorithm>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace tableread::plugin
{
namespace
{
constexpr char32_t firstNotAscii = 0x80;

bool isContinuation (char byte)
{
    return ((unsigned char) byte & 0xc0u) == 0x80u;
}

void append (std::string& text, char32_t character)
{
    char bytes[U8_MAX_LENGTH];
    std::size_t length = 0;
    U8_APPEND_UNSAFE (bytes, length, (UChar32) character);
    text.append (bytes, length);
}
} // namespace

char32_t nextCharacter (std::string_view utf8, std::size_t& at)
{
    if ((unsigned char) utf8[at] < firstNotAscii)
        return (char32_t) utf8[at++];
    UChar32 character = 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion" // in ICU's macro
    U8_NEXT_OR_FFFD (utf8, at, utf8.size(), character);
#pragma GCC diagnostic pop
    return (char32_t) character;
}

std::size_t startOfCharacter (std::string_view utf8, std::size_t at)
{
    if (at >= utf8.size())
        return utf8.size();
    while (at > 0 && isContinuation (utf8[at]))
        --at;
    return at;
}

std::size_t countCharacters (std::string_view utf8)
{
    return utf8.size() - (std::size_t) std::count_if (utf8.begin(), utf8.end(), isContinuation);
}

std::size_t byteOfCharacter (std::string_view utf8, std::size_t number)
{
    std::size_t at = 0;
    for (; at < utf8.size(); ++at)
        if (! isContinuation (utf8[at]) && number-- == 0)
            return at;
    return at;
}

std::string cleanText (std::string_view text)
{
    std::string clean;
    clean.reserve (text.size());
    for (std::size_t at = 0; at < text.size();)
    {
        const auto c = nextCharacter (text, at);
        if (c == U'\r')
        {
            clean += '\n';
            at += at < text.size() && text[at] == '\n' ? 1u : 0u;
        }
        else if (c >= U' ' ? c != 0x7f : c == U'\t' || c == U'\n')
            append (clean, c);
    }
    return clean;
}

bool takesNoRoom (char32_t character)
{
    constexpr char32_t firstMark = 0x300; // no mark is before it, but the soft hyphen
    if (character < firstMark)
        return character == 0xad;
    const auto type = U_GET_GC_MASK ((UChar32) character);
    return (type & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK)) != 0 ||
           u_hasBinaryProperty ((UChar32) character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

char32_t withoutCase (char32_t character)
{
    if (character < firstNotAscii)
        return character >= U'A' && character <= U'Z' ? character - U'A' + U'a' : character;
    return (char32_t) u_foldCase ((UChar32) character, U_FOLD_CASE_DEFAULT);
}
} // namespace tableread::plugin
