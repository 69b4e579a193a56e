// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/Search.h"

#include "Editor/Text/Utf8.h"

namespace tableread::plugin
{
void TextSearch::setWanted (std::string_view utf8)
{
    wanted.clear();
    for (std::size_t at = 0; at < utf8.size();)
        wanted += withoutCase (nextCharacter (utf8, at));
}

std::size_t TextSearch::matchAt (std::string_view line, std::size_t at) const
{
    for (const auto character : wanted)
        if (at == line.size() || withoutCase (nextCharacter (line, at)) != character)
            return 0;
    return at;
}

std::vector<TextSearch::Span> TextSearch::in (std::string_view line) const
{
    std::vector<Span> found;
    if (wanted.empty())
        return found;
    for (std::size_t at = 0; at < line.size();)
    {
        if (const auto end = matchAt (line, at); end > 0)
        {
            found.emplace_back (at, end);
            at = end;
        }
        else
            nextCharacter (line, at);
    }
    return found;
}

TextSearch::Count TextSearch::count (const TextBuffer& text, const TextPosition& place) const
{
    Count count;
    for (std::size_t i = 0; i < text.lineCount(); ++i)
        for (const auto& [from, to] : in (text.line (i)))
        {
            ++count.all;
            count.before += TextPosition { i, from } < place ? 1 : 0;
        }
    return count;
}

std::optional<TextRange> TextSearch::next (const TextBuffer& text, const TextPosition& place) const
{
    const auto lines = text.lineCount();
    for (std::size_t step = 0; step <= lines; ++step) // the last step: what is before the place in its line
    {
        const auto i = (place.line + step) % lines;
        for (const auto& [from, to] : in (text.line (i)))
            if (step > 0 || from >= place.byte)
                return TextRange { { i, from }, { i, to } };
    }
    return {};
}

std::optional<TextRange> TextSearch::previous (const TextBuffer& text, const TextPosition& place) const
{
    const auto lines = text.lineCount();
    for (std::size_t step = 0; step <= lines; ++step)
    {
        const auto i = (place.line + lines - step % lines) % lines;
        const auto found = in (text.line (i));
        for (auto match = found.rbegin(); match != found.rend(); ++match)
            if (step > 0 || match->first < place.byte)
                return TextRange { { i, match->first }, { i, match->second } };
    }
    return {};
}
} // namespace tableread::plugin
