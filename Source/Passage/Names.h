// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tableread
{
/** Gives the same result for names that differ only in case, width, spaces and invisible characters, in any writing
    system (Script/NameKey.h). Unicode's default case folding, so İ is i with a dot above, not i. In bytes that are not
    UTF-8, only A to Z are folded. */
std::string foldedName (std::string_view utf8);

bool sameName (std::string_view a, std::string_view b);

/** "Anna, Ben and Tom" */
std::string listed (std::span<const std::string> names);
} // namespace tableread
