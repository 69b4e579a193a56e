// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tableread::plugin
{
/** The character at byte `at`, which moves behind it; U+FFFD for a byte that begins none. */
char32_t nextCharacter (std::string_view utf8, std::size_t& at);

/** The start of the character that holds byte `at`; the size if it is beyond the end. */
std::size_t startOfCharacter (std::string_view utf8, std::size_t at);

std::size_t countCharacters (std::string_view utf8);

/** The byte at which the character with this number begins; the size if there are not as many. */
std::size_t byteOfCharacter (std::string_view utf8, std::size_t number);

/** Text as an editor can show it: UTF-8 with U+FFFD for what is not, LF at each line's end, no control characters but
    tabs. */
std::string cleanText (std::string_view text);

/** True for what takes no room: combining marks, joiners, direction marks. */
bool takesNoRoom (char32_t character);

/** The same for both cases of a letter. */
char32_t withoutCase (char32_t character);
} // namespace tableread::plugin
