// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "Editor/Text/Position.h"

namespace tableread::plugin
{
/** A text as lines of UTF-8, with LF between them. There is always one line. Positions that are given must be in the text
    and between characters, as clamped() makes them. A change costs what it touches, and moving the lines behind it. */
class TextBuffer
{
public:
    std::size_t lineCount() const { return lines.size(); }
    const std::string& line (std::size_t index) const { return lines[index]; }
    std::size_t size() const { return bytes; } // with the line ends
    bool isEmpty() const { return bytes == 0; }
    TextPosition end() const { return { lines.size() - 1, lines.back().size() }; }
    TextPosition clamped (const TextPosition& position) const;

    std::string text() const { return text ({ {}, end() }); }
    std::string text (const TextRange& range) const;

    /** @param clean as cleanText() gives it. @returns where it ends. */
    TextPosition replace (const TextRange& range, std::string_view clean);

    /** Positions as bytes and as characters of the whole text; what is beyond the end is at the end. */
    std::size_t byteOf (const TextPosition& position) const;
    TextPosition positionOfByte (std::size_t byte) const;
    std::size_t characterOf (const TextPosition& position) const;
    TextPosition positionOfCharacter (std::size_t character) const;

private:
    std::vector<std::string> lines { {} };
    std::size_t bytes = 0;
};
} // namespace tableread::plugin
