// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tableread::engine
{
inline constexpr std::string_view lineEnd = "\r\n";

/** The words that HTTP's fields are made of (RFC 9110, section 5.6). */
bool isToken (std::string_view text);

/** Of the same letters in ASCII, whatever their case. Beast's iequals (1.81) reads a byte behind texts that differ. */
bool sameWord (std::string_view one, std::string_view other);

/** No control characters but tabs. */
bool isFieldValue (std::string_view text);

/** Without the blanks around it. */
std::string_view trimmedField (std::string_view text);

/** Takes the first line off `rest`, with the CR LF that ends it. */
std::string_view takeLine (std::string_view& rest);
} // namespace tableread::engine
