// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tableread::plugin
{
/** Names that may be meant by what stands at the start of a line. */
struct Completion
{
    std::size_t from = 0, to = 0; // bytes of the line that the name replaces
    bool needsColon = false;
    std::vector<std::string> names; // at most eight
};

/** @param caret a byte of the line. Empty unless the caret is behind the first letters of a name, with nothing or a colon
    behind it. */
std::optional<Completion> completionFor (std::string_view line, std::size_t caret,
                                         const std::vector<std::string>& speakers);
} // namespace tableread::plugin
