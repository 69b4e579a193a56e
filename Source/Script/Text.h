// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tableread
{
/** Converts UTF-8 to UTF-32; empty if it is not UTF-8. */
std::optional<std::u32string> decodeUtf8 (std::string_view utf8);

std::string encodeUtf8 (std::u32string_view text);

/** Unicode's white space, and the invisible characters that editors leave: zero-width spaces and byte order marks. */
bool isWhiteSpace (char32_t character);

std::u32string_view trimmed (std::u32string_view text);

/** Invisible, but taken for white space where it divides or ends something. */
bool isZeroWidth (char32_t character);

std::u32string foldCase (std::u32string_view text);

/** NFKC, case folding, and no invisible characters: Unicode's NFKC_Casefold. */
std::u32string foldCompatible (std::u32string_view text);
} // namespace tableread
