// SPDX-License-Identifier: Apache-2.0
#include "Text/WordSplit.h"

#include <unicode/uchar.h>

namespace tableread::engine
{
WordSplit::Class WordSplit::classAt (std::int32_t at) const
{
    if (at >= text.length())
        return Class::End;

    const auto character = text.char32At (at);
    if (character == '\r' || character == '\n')
        return Class::LineBreak;
    if (u_isUWhiteSpace (character))
        return Class::Space;

    const auto category = U_GET_GC_MASK (character);
    if ((category & U_GC_L_MASK) != 0)
        return Class::Letter;
    return (category & U_GC_N_MASK) != 0 ? Class::Number : Class::Symbol;
}

std::int32_t WordSplit::endOfRun (std::int32_t at, Class of) const
{
    while (classAt (at) == of)
        at = after (at);
    return at;
}

/** (?i:'s|'t|'re|'ve|'m|'ll|'d), where a long s counts as an s; `start` if there is none. */
std::int32_t WordSplit::endOfContraction (std::int32_t start) const
{
    if (text.charAt (start) != '\'')
        return start;

    const auto folded = [&] (std::int32_t at) {
        return at < text.length() ? u_foldCase (text.charAt (at), U_FOLD_CASE_DEFAULT) : 0;
    };
    const auto first = folded (start + 1), second = folded (start + 2);

    if (first == 's' || first == 't' || first == 'm' || first == 'd')
        return start + 2;
    const bool two = ((first == 'r' || first == 'v') && second == 'e') || (first == 'l' && second == 'l');
    return two ? start + 3 : start;
}

/** \s*[\r\n]+|\s+(?!\S)|\s+ : up to the last line break; else all but the space before the next word. */
std::int32_t WordSplit::endOfSpaces (std::int32_t start) const
{
    auto end = start, afterBreak = start;
    for (auto kind = classAt (end); kind == Class::Space || kind == Class::LineBreak; kind = classAt (end))
    {
        ++end; // white space never needs two units
        if (kind == Class::LineBreak)
            afterBreak = end;
    }

    if (afterBreak > start)
        return afterBreak;
    return end == text.length() || end == start + 1 ? end : end - 1;
}

std::int32_t WordSplit::endOfWord (std::int32_t start) const
{
    if (const auto end = endOfContraction (start); end > start)
        return end;

    const auto kind = classAt (start);
    const auto next = after (start);
    if (kind == Class::Letter)
        return endOfRun (next, Class::Letter);
    if (kind == Class::Number)
        return next;
    if (kind != Class::LineBreak && classAt (next) == Class::Letter)
        return endOfRun (next, Class::Letter);

    const auto symbols = text.charAt (start) == ' ' ? next : start;
    if (classAt (symbols) == Class::Symbol)
        return endOfRun (endOfRun (symbols, Class::Symbol), Class::LineBreak);
    return endOfSpaces (start);
}
} // namespace tableread::engine
