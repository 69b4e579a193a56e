// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "Editor/Text/Boundaries.h"
#include "Editor/Text/Buffer.h"
#include "Editor/Text/Wrap.h"

namespace tableread::plugin
{
/** A row on the screen: the row-th of a block of a line. */
struct RowPlace
{
    std::size_t line = 0, block = 0, row = 0;

    auto operator<=> (const RowPlace&) const = default;
};

/** The bytes of a line that a row shows. Neighbouring rows of a line share the byte between them. */
struct RowText
{
    std::size_t line = 0, from = 0, to = 0;
    bool isFirst = true, isLast = true; // of the line
};

/** The rows of a text at some width. Lines are wrapped when they are asked for; for the others the number of rows is
    guessed, so that a key, a paste and another width cost what is visible. A line above `mostBlockBytes` is wrapped in
    blocks, of which each begins a row. */
class TextRows
{
public:
    static constexpr std::size_t mostBlockBytes = 16'384;

    /** They must outlive it. */
    TextRows (const TextBuffer& text, TextMeasure& measure, Boundaries& boundaries);

    void setWidth (float pixels);

    /** To be called after TextBuffer::replace(). */
    void replaced (const TextRange& before, const TextPosition& endNow);

    /** The row that shows a position. Where two rows share it, the first with `isEnd`, else the second. */
    RowPlace placeOf (const TextPosition& position, bool isEnd = false);
    RowText textOf (const RowPlace& place);

    /** Move by one row; false at the end and at the start. */
    bool next (RowPlace& place);
    bool previous (RowPlace& place);

    std::size_t total() const { return sum; }                     // about
    std::size_t rowsBefore (const RowPlace& place);               // about
    RowPlace placeAt (std::size_t row);                           // about
    float xOf (const RowText& row, std::size_t byte);             // of a byte of the line
    std::size_t byteAt (const RowText& row, float x);             // between characters, the nearest
    std::size_t wrapped() const noexcept { return wrappedBytes; } // so far, for tests

private:
    struct Block
    {
        std::size_t from = 0; // byte of the line
        std::uint32_t rows = 1;
        std::uint32_t width = 0; // for which it was wrapped, counted from 1; 0: the rows are a guess
        std::vector<std::uint32_t> starts {};
    };
    using Line = std::vector<Block>; // at least one

    Line makeLine (std::size_t index);
    void divide (std::size_t index, std::size_t from, std::size_t to, Line& blocks);
    void replacedInLine (std::size_t index, std::size_t from, std::size_t to, std::size_t endNow);
    std::size_t endOf (std::size_t line, std::size_t block) const;
    std::uint32_t guess (std::size_t bytes) const;
    static std::size_t rowsOf (const Line& blocks);
    Block& wrap (std::size_t line, std::size_t block);

    const TextBuffer& text;
    TextMeasure& measure;
    Boundaries& boundaries;
    std::vector<Line> lines;
    std::size_t sum = 1; // of all blocks' rows
    std::size_t wrappedBytes = 0;
    std::uint32_t widthCount = 1;
    float width = 1.0e6f, bytesInRow = 1.0e5f;
};
} // namespace tableread::plugin
