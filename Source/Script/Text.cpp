// SPDX-License-Identifier: Apache-2.0
#include "Script/Text.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/ustring.h>

namespace tableread
{
namespace
{
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
    auto status = U_ZERO_ERROR;
    std::int32_t units = 0;
    u_strFromUTF8 (nullptr, 0, &units, utf8.data(), (std::int32_t) utf8.size(), &status);
    if (status != U_BUFFER_OVERFLOW_ERROR && U_FAILURE (status))
        return {};
    return fromIcu (icu::UnicodeString::fromUTF8 ({ utf8.data(), (std::int32_t) utf8.size() }));
}

std::string encodeUtf8 (std::u32string_view text)
{
    std::string utf8;
    return toIcu (text).toUTF8String (utf8);
}

bool isWhiteSpace (char32_t character)
{
    const bool invisible = character == 0x200b || character == 0x2060 || character == 0xfeff;
    return invisible || u_isUWhiteSpace ((UChar32) character);
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
} // namespace tableread
