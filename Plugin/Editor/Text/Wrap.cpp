// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/Wrap.h"

#include "Editor/Text/Utf8.h"

namespace tableread::plugin
{
namespace
{
bool mayHang (char32_t character)
{
    constexpr char32_t ideographicSpace = 0x3000;
    return character == U' ' || character == U'\t' || character == ideographicSpace;
}

/** Where the row that begins at `row` ends, if the character at `at` is the first that has no room. */
std::size_t rowEnd (std::string_view text, std::size_t row, std::size_t at, Boundaries& boundaries)
{
    if (const auto end = boundaries.lastRowEnd (text.substr (row), at - row); end > 0)
        return row + end;
    const auto end = boundaries.startOfGrapheme (text, at);
    return end > row ? end : at;
}
} // namespace

std::vector<std::uint32_t> wrapRows (std::string_view text, float width, TextMeasure& measure,
                                     Boundaries& boundaries)
{
    std::vector<std::uint32_t> starts { 0 };
    std::size_t row = 0;
    float x = 0.0f;
    for (std::size_t at = 0; at < text.size();)
    {
        auto next = at;
        const auto character = nextCharacter (text, next);
        const auto advance = measure.advance (character);
        const bool isTooWide = x + advance > width && advance > 0.0f && ! mayHang (character);
        if (at > row && (isTooWide || next - row > mostRowBytes))
        {
            at = row = rowEnd (text, row, at, boundaries);
            starts.push_back ((std::uint32_t) row);
            x = 0.0f;
            continue;
        }
        x += advance;
        at = next;
    }
    return starts;
}
} // namespace tableread::plugin
