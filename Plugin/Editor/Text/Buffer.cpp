// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/Buffer.h"

#include <algorithm>
#include <iterator>

#include "Editor/Text/Utf8.h"

namespace tableread::plugin
{
namespace
{
std::vector<std::string> splitLines (std::string_view text)
{
    std::vector<std::string> parts;
    for (std::size_t from = 0;;)
    {
        const auto end = text.find ('\n', from);
        parts.emplace_back (text.substr (from, end - from));
        if (end == std::string_view::npos)
            return parts;
        from = end + 1;
    }
}
} // namespace

TextPosition TextBuffer::clamped (const TextPosition& position) const
{
    if (position.line >= lines.size())
        return end();
    return { position.line, startOfCharacter (lines[position.line], position.byte) };
}

std::string TextBuffer::text (const TextRange& range) const
{
    const auto& [from, to] = range;
    if (from.line == to.line)
        return lines[from.line].substr (from.byte, to.byte - from.byte);
    auto result = lines[from.line].substr (from.byte);
    for (auto i = from.line + 1; i <= to.line; ++i)
    {
        result += '\n';
        result.append (lines[i], 0, i == to.line ? to.byte : std::string::npos);
    }
    return result;
}

TextPosition TextBuffer::replace (const TextRange& range, std::string_view clean)
{
    const auto& [from, to] = range;
    bytes = bytes + clean.size() - (byteOf (to) - byteOf (from));
    auto parts = splitLines (clean);
    if (from.line == to.line && parts.size() == 1)
    {
        lines[from.line].replace (from.byte, to.byte - from.byte, clean);
        return { from.line, from.byte + clean.size() };
    }

    const TextPosition endNow { from.line + parts.size() - 1,
                                parts.size() == 1 ? from.byte + clean.size() : parts.back().size() };
    parts.back() += lines[to.line].substr (to.byte);
    parts.front().insert (0, lines[from.line], 0, from.byte);
    const auto old = lines.begin() + (std::ptrdiff_t) from.line;
    const auto common = std::min (parts.size(), to.line - from.line + 1);
    const auto next = std::move (parts.begin(), parts.begin() + (std::ptrdiff_t) common, old);
    if (parts.size() > common)
        lines.insert (next, std::make_move_iterator (parts.begin() + (std::ptrdiff_t) common),
                      std::make_move_iterator (parts.end()));
    else
        lines.erase (next, lines.begin() + (std::ptrdiff_t) to.line + 1);
    return endNow;
}

std::size_t TextBuffer::byteOf (const TextPosition& position) const
{
    std::size_t sum = position.byte;
    for (std::size_t i = 0; i < position.line; ++i)
        sum += lines[i].size() + 1;
    return sum;
}

TextPosition TextBuffer::positionOfByte (std::size_t byte) const
{
    for (std::size_t i = 0; i < lines.size(); ++i)
    {
        if (byte <= lines[i].size())
            return { i, startOfCharacter (lines[i], byte) };
        byte -= lines[i].size() + 1;
    }
    return end();
}

std::size_t TextBuffer::characterOf (const TextPosition& position) const
{
    std::size_t sum = countCharacters (std::string_view (lines[position.line]).substr (0, position.byte));
    for (std::size_t i = 0; i < position.line; ++i)
        sum += countCharacters (lines[i]) + 1;
    return sum;
}

TextPosition TextBuffer::positionOfCharacter (std::size_t character) const
{
    for (std::size_t i = 0; i < lines.size(); ++i)
    {
        const auto count = countCharacters (lines[i]);
        if (character <= count)
            return { i, byteOfCharacter (lines[i], character) };
        character -= count + 1;
    }
    return end();
}
} // namespace tableread::plugin
