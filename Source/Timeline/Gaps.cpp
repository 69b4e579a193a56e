// SPDX-License-Identifier: Apache-2.0
#include "Timeline/Gaps.h"

#include <array>
#include <charconv>
#include <string>

namespace tableread
{
namespace
{
struct NamedGap
{
    std::string_view name;
    ModelSamples Gaps::*gap;
    bool isGiven = false;
};

/** A whole number of milliseconds; -1 if it is none or too large. */
int readMilliseconds (std::string_view text)
{
    int value = -1;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars (text.data(), end, value);
    return error == std::errc() && stopped == end && value <= Gaps::mostMs ? value : -1;
}

Error wrongGap (std::string_view part, const std::string& why)
{
    return { ErrorCode::InvalidInput,
             "\"" + std::string (part) + "\" " + why +
                 ". Write line=150,speaker=250,scene=1000: milliseconds from 0 to " +
                 std::to_string (Gaps::mostMs),
             {} };
}
} // namespace

Result<Gaps> readGaps (std::string_view text)
{
    Gaps gaps;
    std::array<NamedGap, 3> known {
        { { "line", &Gaps::line }, { "speaker", &Gaps::speaker }, { "scene", &Gaps::scene } }
    };
    for (bool isLast = false; ! isLast;)
    {
        const auto comma = text.find (',');
        isLast = comma == std::string_view::npos;
        const auto part = text.substr (0, comma);
        if (! isLast)
            text.remove_prefix (comma + 1);

        const auto equals = part.find ('=');
        auto* gap = known.begin();
        while (gap != known.end() && gap->name != part.substr (0, equals))
            ++gap;
        if (equals == std::string_view::npos || gap == known.end())
            return tl::unexpected (wrongGap (part, "is not a gap"));
        if (gap->isGiven)
            return tl::unexpected (wrongGap (part, "is given twice"));
        const auto milliseconds = readMilliseconds (part.substr (equals + 1));
        if (milliseconds < 0)
            return tl::unexpected (wrongGap (part, "has no length that is possible"));
        gaps.*(gap->gap) = modelSamplesOf (milliseconds);
        gap->isGiven = true;
    }
    return gaps;
}
} // namespace tableread
