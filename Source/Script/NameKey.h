// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tableread
{
/** The same for all spellings of a name: NFKC, without case, without invisible characters, each white space one space,
    ’ as ' and ” as ", "Speaker 01" as "speaker 1". */
std::u32string nameKey (std::u32string_view name);
} // namespace tableread
