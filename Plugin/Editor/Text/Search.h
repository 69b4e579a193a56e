// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "Editor/Text/Buffer.h"

namespace tableread::plugin
{
/** Finds words in a text, each line by itself, without regard to case. */
class TextSearch
{
public:
    using Span = std::pair<std::size_t, std::size_t>; // bytes of a line

    void setWanted (std::string_view utf8);
    bool isEmpty() const { return wanted.empty(); }

    /** What is found in a line, in order; matches do not overlap. */
    std::vector<Span> in (std::string_view line) const;

    struct Count
    {
        std::size_t all = 0, before = 0; // before: that begin before the place
    };
    Count count (const TextBuffer& text, const TextPosition& place) const;

    /** The first match that begins at the place or behind it, else the first of all; and the last one before it, else the
        last of all. */
    std::optional<TextRange> next (const TextBuffer& text, const TextPosition& place) const;
    std::optional<TextRange> previous (const TextBuffer& text, const TextPosition& place) const;

private:
    std::size_t matchAt (std::string_view line, std::size_t at) const; // its end; 0: none

    std::u32string wanted; // without case
};
} // namespace tableread::plugin
