// SPDX-License-Identifier: Apache-2.0
#include "Server/Http/Parsing/Grammar.h"

#include <algorithm>
#include <locale>

#include <boost/algorithm/string/predicate.hpp>

namespace tableread::engine
{
bool isToken (std::string_view text)
{
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return ! text.empty() && std::all_of (text.begin(), text.end(), [=] (char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               marks.find (c) != std::string_view::npos;
    });
}

bool sameWord (std::string_view one, std::string_view other)
{
    return boost::algorithm::iequals (one, other, std::locale::classic());
}

bool isFieldValue (std::string_view text)
{
    return std::all_of (text.begin(), text.end(),
                        [] (unsigned char c) { return c == '\t' || (c >= ' ' && c != 0x7f); });
}

std::string_view trimmedField (std::string_view text)
{
    const auto begin = text.find_first_not_of (" \t");
    if (begin == std::string_view::npos)
        return {};
    return text.substr (begin, text.find_last_not_of (" \t") - begin + 1);
}

std::string_view takeLine (std::string_view& rest)
{
    const auto line = rest.substr (0, rest.find (lineEnd));
    rest.remove_prefix (std::min (rest.size(), line.size() + lineEnd.size()));
    return line;
}
} // namespace tableread::engine
