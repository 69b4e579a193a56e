// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "Editor/Text/Boundaries.h"

namespace tableread::plugin
{
/** How wide characters are, in pixels. */
class TextMeasure
{
public:
    virtual ~TextMeasure() = default;
    virtual float advance (char32_t character) = 0;
};

inline constexpr std::size_t mostRowBytes = 2000; // characters without a width would make one row of any text

/** Divides a text into rows of at most this width, where Unicode lets a row end; blanks at a row's end may be outside.
    A word that is too wide is divided between characters.
    @returns the bytes at which rows begin; the first is 0. */
std::vector<std::uint32_t> wrapRows (std::string_view text, float width, TextMeasure& measure,
                                     Boundaries& boundaries);
} // namespace tableread::plugin
