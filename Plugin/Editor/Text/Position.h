// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstddef>
#include <string>

namespace tableread::plugin
{
/** A place between two characters of a text. */
struct TextPosition
{
    std::size_t line = 0, byte = 0; // the byte is one of the line

    auto operator<=> (const TextPosition&) const = default;
};

struct TextRange
{
    TextPosition from, to; // from <= to

    bool isEmpty() const { return from == to; }
    bool operator== (const TextRange&) const = default;
};

/** One change of a text: `removed` stood at this byte of the whole text, `inserted` stands there now. */
struct TextEdit
{
    std::size_t at = 0;
    std::string removed, inserted;
    std::size_t firstLine = 0; // that is touched

    std::size_t linesRemoved() const; // line ends, not lines that are touched
    std::size_t linesInserted() const;
    TextEdit inverse() const { return { at, inserted, removed, firstLine }; }
    bool operator== (const TextEdit&) const = default;
};

/** Where a position is once `before` was replaced by text that ends at `endNow`. What was inside is at the end. */
TextPosition afterReplacing (const TextPosition& position, const TextRange& before,
                             const TextPosition& endNow);
} // namespace tableread::plugin
