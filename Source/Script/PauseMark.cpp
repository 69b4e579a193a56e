// SPDX-License-Identifier: Apache-2.0
#include "Script/PauseMark.h"

#include <string>

#include "Script/Text.h"

namespace tableread
{
namespace
{
constexpr std::u32string_view word = U"pause";
constexpr std::size_t mostCharacters = 40; // of a mark: looking on from each bracket must not take forever

/** "500ms" or "1.5 s"; at most six digits on either side of the point. */
std::optional<double> parseDuration (std::u32string_view text)
{
    constexpr std::size_t mostDigits = 6;
    const auto takeDigits = [&] (double& value, double& unit) {
        std::size_t count = 0;
        for (; ! text.empty() && text.front() >= U'0' && text.front() <= U'9';
             text.remove_prefix (1), ++count)
        {
            value = value * 10 + (double) (text.front() - U'0');
            unit /= 10;
        }
        return count >= 1 && count <= mostDigits;
    };

    double whole = 0, fraction = 0, unit = 1, ignored = 1;
    if (! takeDigits (whole, ignored))
        return {};
    if (! text.empty() && (text.front() == U'.' || text.front() == U','))
    {
        text.remove_prefix (1);
        if (! takeDigits (fraction, unit))
            return {};
    }

    const auto duration = whole + fraction * unit;
    const auto suffix = trimmed (text);
    if (suffix == U"ms")
        return duration;
    return suffix == U"s" ? std::optional (duration * 1000) : std::nullopt;
}
} // namespace

std::optional<PauseMark> findPause (std::u32string_view line, std::size_t from)
{
    for (auto open = line.find (U'[', from); open != line.npos; open = line.find (U'[', open + 1))
    {
        const auto length = line.substr (open, mostCharacters).find (U']');
        if (length == line.npos)
            continue;
        const auto close = open + length;

        const auto inside = foldCase (trimmed (line.substr (open + 1, close - open - 1)));
        if (! inside.starts_with (word))
            continue;
        const auto rest = std::u32string_view (inside).substr (word.size());
        const bool wordEnds = rest.empty() || isWhiteSpace (rest.front()) || rest.front() == U':';
        if (wordEnds)
            return PauseMark { open, close + 1,
                               parseDuration (trimmed (rest.starts_with (U':') ? rest.substr (1) : rest)) };
    }
    return {};
}
} // namespace tableread
