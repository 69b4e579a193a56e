// SPDX-License-Identifier: Apache-2.0
#include "Script/Text.h"

#include <algorithm>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/ustring.h>

namespace tableread
{
namespace
{
constexpr char32_t firstNotAscii = 0x80; // most text is ASCII, for which ICU is not needed

bool isAscii (std::u32string_view text)
{
    return std::all_of (text.begin(), text.end(), [] (char32_t c) { return c < firstNotAscii; });
}

icu::UnicodeString toIcu (std::u32string_view text)
{
    static_assert (sizeof (UChar32) == sizeof (char32_t));
    return icu::UnicodeString::fromUTF32 (reinterpret_cast<const UChar32*> (text.data()),
                                          (std::int32_t) text.size());
}

std::u32string fromIcu (const icu::UnicodeString& text)
{
    std::u32string result;
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32 (at, 1))
        result += (char32_t) text.char32At (at);
    return result;
}
} // namespace

std::optional<std::u32string> decodeUtf8 (std::string_view utf8)
{
    if (std::all_of (utf8.begin(), utf8.end(), [] (char c) { return (unsigned char) c < firstNotAscii; }))
        return std::u32string (utf8.begin(), utf8.end());
    auto status = U_ZERO_ERROR;
    std::int32_t units = 0;
    u_strFromUTF8 (nullptr, 0, &units, utf8.data(), (std::int32_t) utf8.size(), &status);
    if (status != U_BUFFER_OVERFLOW_ERROR && U_FAILURE (status))
        return {};
    return fromIcu (icu::UnicodeString::fromUTF8 ({ utf8.data(), (std::int32_t) utf8.size() }));
}

std::string encodeUtf8 (std::u32string_view text)
{
    if (isAscii (text))
    {
        std::string ascii (text.size(), '\0');
        std::transform (text.begin(), text.end(), ascii.begin(), [] (char32_t c) { return (char) c; });
        return ascii;
    }
    std::string utf8;
    return toIcu (text).toUTF8String (utf8);
}

bool isZeroWidth (char32_t character)
{
    return character == 0x200b || character == 0x2060 || character == 0xfeff;
}

bool isWhiteSpace (char32_t character)
{
    if (character < 0x7f)
        return character == U' ' || (character >= U'\t' && character <= U'\r');
    return isZeroWidth (character) || u_isUWhiteSpace ((UChar32) character);
}

std::u32string_view trimmed (std::u32string_view text)
{
    while (! text.empty() && isWhiteSpace (text.front()))
        text.remove_prefix (1);
    while (! text.empty() && isWhiteSpace (text.back()))
        text.remove_suffix (1);
    return text;
}

std::u32string foldCase (std::u32string_view text)
{
    return fromIcu (toIcu (text).foldCase());
}

std::u32string foldCompatible (std::u32string_view text)
{
    if (isAscii (text))
    {
        std::u32string folded (text);
        for (auto& c : folded)
            c = c >= U'A' && c <= U'Z' ? c - U'A' + U'a' : c;
        return folded;
    }
    auto status = U_ZERO_ERROR;
    const auto* normalizer = icu::Normalizer2::getNFKCCasefoldInstance (status);
    const auto folded =
        U_SUCCESS (status) ? normalizer->normalize (toIcu (text), status) : icu::UnicodeString();
    return U_SUCCESS (status) ? fromIcu (folded) : foldCase (text); // ICU's data are a part of its library
}
} // namespace tableread
