// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tableread
{
/** True if the character's general category is one of ICU's mask (U_GC_L_MASK | …). */
bool isOfCategory (char32_t character, std::uint32_t mask);

bool isLetter (char32_t character);

bool hasLetterOrDigit (std::u32string_view text);

/** Pictures, their colours of skin, flags and key caps; not © or an arrow. */
bool isEmoji (char32_t character);

/** Removes characters that nobody sees: direction marks, soft hyphens, zero-width characters, controls. Joiners stay
    behind a letter of a writing system that needs them, as in Persian and Hindi. */
std::u32string withoutInvisible (std::u32string_view text);
} // namespace tableread
