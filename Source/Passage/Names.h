// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tableread
{
/** The same for names of speakers and voices that differ in case only, in any script: ÄNNE and änne. Unicode's
    default case folding, so İ is i with a dot above, not i. Of bytes that are not UTF-8, A to Z are folded. */
std::string foldedName (std::string_view utf8);

bool sameName (std::string_view a, std::string_view b);
} // namespace tableread
