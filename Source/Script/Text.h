// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tableread
{
/** UTF-32 of UTF-8, or nothing if it is not UTF-8. */
std::optional<std::u32string> decodeUtf8 (std::string_view utf8);

std::string encodeUtf8 (std::u32string_view text);

/** Unicode's white space, and what editors leave behind unseen: zero-width spaces and byte order marks. */
bool isWhiteSpace (char32_t character);

std::u32string_view trimmed (std::u32string_view text);

/** The same for names that differ in case only. */
std::u32string foldCase (std::u32string_view text);
} // namespace tableread
