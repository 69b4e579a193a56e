// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tableread
{
/** True for a screenplay in Fountain: scene headings, names in capitals above what they say, transitions. A script with
    more names before colons than these is none, and neither is prose with headings in capitals. */
bool isFountain (std::string_view utf8);
} // namespace tableread
