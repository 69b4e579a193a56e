// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/Rows.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "Editor/Text/Utf8.h"

namespace tableread::plugin
{
namespace
{
constexpr std::size_t wantedBlockBytes = TextRows::mostBlockBytes / 2;
} // namespace

TextRows::TextRows (const TextBuffer& shown, TextMeasure& widths, Boundaries& places)
    : text (shown)
    , measure (widths)
    , boundaries (places)
    , lines (shown.lineCount())
{
    sum = 0;
    for (std::size_t i = 0; i < lines.size(); ++i)
    {
        lines[i] = makeLine (i);
        sum += rowsOf (lines[i]);
    }
}

void TextRows::setWidth (float pixels)
{
    if (pixels == width)
        return;
    width = pixels;
    ++widthCount;
    bytesInRow = std::max (1.0f, width / std::max (1.0f, measure.advance (U'n')));
    sum = 0;
    for (std::size_t i = 0; i < lines.size(); ++i)
    {
        for (std::size_t b = 0; b < lines[i].size(); ++b)
            lines[i][b].rows = guess (endOf (i, b) - lines[i][b].from);
        sum += rowsOf (lines[i]);
    }
}

std::uint32_t TextRows::guess (std::size_t bytes) const
{
    return std::max (1u, (std::uint32_t) std::ceil ((float) bytes / bytesInRow));
}

std::size_t TextRows::rowsOf (const Line& blocks)
{
    std::size_t rows = 0;
    for (const auto& block : blocks)
        rows += block.rows;
    return rows;
}

std::size_t TextRows::endOf (std::size_t line, std::size_t block) const
{
    return block + 1 < lines[line].size() ? lines[line][block + 1].from : text.line (line).size();
}

TextRows::Line TextRows::makeLine (std::size_t index)
{
    Line blocks;
    divide (index, 0, text.line (index).size(), blocks);
    return blocks;
}

void TextRows::divide (std::size_t index, std::size_t from, std::size_t to, Line& blocks)
{
    const std::string_view line = text.line (index);
    while (to - from > mostBlockBytes)
    {
        constexpr std::size_t reach = 512; // for the end of a word
        const auto begin = startOfCharacter (line, from + wantedBlockBytes - reach);
        auto end = begin + boundaries.lastRowEnd (line.substr (begin), reach);
        if (end == begin)
            end = boundaries.startOfGrapheme (line, startOfCharacter (line, from + wantedBlockBytes));
        blocks.push_back ({ from, guess (end - from) });
        from = end;
    }
    blocks.push_back ({ from, guess (to - from) });
}

void TextRows::replaced (const TextRange& before, const TextPosition& endNow)
{
    const auto& [from, to] = before;
    if (from.line == to.line && from.line == endNow.line)
        return replacedInLine (from.line, from.byte, to.byte, endNow.byte);

    const auto begin = lines.begin() + (std::ptrdiff_t) from.line;
    const auto end = lines.begin() + (std::ptrdiff_t) to.line + 1;
    for (auto line = begin; line != end; ++line)
        sum -= rowsOf (*line);
    std::vector<Line> fresh;
    fresh.reserve (endNow.line - from.line + 1);
    for (auto i = from.line; i <= endNow.line; ++i)
    {
        fresh.push_back (makeLine (i));
        sum += rowsOf (fresh.back());
    }
    const auto common = (std::ptrdiff_t) std::min (fresh.size(), to.line - from.line + 1);
    const auto next = std::move (fresh.begin(), fresh.begin() + common, begin);
    if (next == end)
        lines.insert (next, std::make_move_iterator (fresh.begin() + common),
                      std::make_move_iterator (fresh.end()));
    else
        lines.erase (next, end);
}

void TextRows::replacedInLine (std::size_t index, std::size_t from, std::size_t to, std::size_t endNow)
{
    auto& blocks = lines[index];
    sum -= rowsOf (blocks);
    const auto holds = [&] (std::size_t byte) { // the block that byte is in
        const auto behind = std::upper_bound (blocks.begin(), blocks.end(), byte,
                                              [] (std::size_t at, const Block& b) { return at < b.from; });
        return behind - 1;
    };
    auto first = holds (from);
    const auto last = holds (to);
    const auto start = first->from;
    const auto size = text.line (index).size();
    Line fresh;
    if (size <= wantedBlockBytes) // whatever it was divided into before
        fresh.push_back ({ 0, guess (size) });
    else
    {
        fresh.assign (std::make_move_iterator (blocks.begin()), std::make_move_iterator (first));
        const auto end = last + 1 == blocks.end() ? size : (last + 1)->from + endNow - to;
        if (end > start)
            divide (index, start, end, fresh);
        for (auto block = last + 1; block != blocks.end(); ++block)
        {
            fresh.push_back (std::move (*block));
            fresh.back().from = fresh.back().from + endNow - to;
        }
    }
    if (fresh.size() == 1 && blocks.size() == 1) // the old number is the better guess while it is typed in
        fresh.front().rows = blocks.front().rows;
    blocks = std::move (fresh);
    sum += rowsOf (blocks);
}

TextRows::Block& TextRows::wrap (std::size_t line, std::size_t block)
{
    auto& wanted = lines[line][block];
    if (wanted.width == widthCount)
        return wanted;
    const auto part =
        std::string_view (text.line (line)).substr (wanted.from, endOf (line, block) - wanted.from);
    wanted.starts = wrapRows (part, width, measure, boundaries);
    sum -= wanted.rows;
    wanted.rows = (std::uint32_t) wanted.starts.size();
    sum += wanted.rows;
    wanted.width = widthCount;
    wrappedBytes += part.size();
    return wanted;
}

RowPlace TextRows::placeOf (const TextPosition& position, bool isEnd)
{
    const auto& blocks = lines[position.line];
    std::size_t b = 0;
    while (b + 1 < blocks.size() &&
           (blocks[b + 1].from < position.byte || (blocks[b + 1].from == position.byte && ! isEnd)))
        ++b;
    const auto& block = wrap (position.line, b);
    const auto byte = (std::uint32_t) (position.byte - block.from);
    const auto behind = isEnd && byte > 0 ? std::lower_bound (block.starts.begin(), block.starts.end(), byte)
                                          : std::upper_bound (block.starts.begin(), block.starts.end(), byte);
    return { position.line, b, (std::size_t) (behind - block.starts.begin()) - 1 };
}

RowText TextRows::textOf (const RowPlace& place)
{
    const auto& block = wrap (place.line, place.block);
    const auto row = std::min (place.row, block.starts.size() - 1);
    const bool isLastRow = row + 1 == block.starts.size();
    RowText found { place.line, block.from + block.starts[row],
                    isLastRow ? endOf (place.line, place.block) : block.from + block.starts[row + 1] };
    found.isFirst = place.block == 0 && row == 0;
    found.isLast = isLastRow && place.block + 1 == lines[place.line].size();
    return found;
}

bool TextRows::next (RowPlace& place)
{
    if (place.row + 1 < wrap (place.line, place.block).starts.size())
        return ++place.row, true;
    if (place.block + 1 < lines[place.line].size())
        return place = { place.line, place.block + 1, 0 }, true;
    if (place.line + 1 == lines.size())
        return false;
    place = { place.line + 1, 0, 0 };
    return true;
}

bool TextRows::previous (RowPlace& place)
{
    if (place.row > 0)
        return --place.row, true;
    if (place.block == 0 && place.line == 0)
        return false;
    if (place.block > 0)
        --place.block;
    else
    {
        --place.line;
        place.block = lines[place.line].size() - 1;
    }
    place.row = wrap (place.line, place.block).starts.size() - 1;
    return true;
}

std::size_t TextRows::rowsBefore (const RowPlace& place)
{
    std::size_t rows = place.row;
    for (std::size_t i = 0; i < place.line; ++i)
        rows += rowsOf (lines[i]);
    for (std::size_t b = 0; b < place.block; ++b)
        rows += lines[place.line][b].rows;
    return rows;
}

RowPlace TextRows::placeAt (std::size_t row)
{
    for (std::size_t i = 0; i < lines.size(); ++i)
        for (std::size_t b = 0; b < lines[i].size(); ++b)
        {
            const std::size_t rows = lines[i][b].rows;
            if (row < rows)
                return { i, b, std::min (row, wrap (i, b).starts.size() - 1) };
            row -= rows;
        }
    return placeOf (text.end());
}

float TextRows::xOf (const RowText& row, std::size_t byte)
{
    const std::string_view line = text.line (row.line);
    float x = 0.0f;
    for (auto at = row.from; at < std::min (byte, row.to);)
        x += measure.advance (nextCharacter (line, at));
    return x;
}

std::size_t TextRows::byteAt (const RowText& row, float x)
{
    const std::string_view line = text.line (row.line);
    float left = 0.0f;
    for (auto at = row.from; at < row.to;)
    {
        const auto next = std::min (boundaries.nextGrapheme (line, at), row.to);
        float advance = 0.0f;
        for (auto inside = at; inside < next;)
            advance += measure.advance (nextCharacter (line, inside));
        if (x < left + advance * 0.5f)
            return at;
        left += advance;
        at = next;
    }
    return row.to;
}
} // namespace tableread::plugin
