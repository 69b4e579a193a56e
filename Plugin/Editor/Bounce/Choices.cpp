// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Bounce/Choices.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace tableread::plugin
{
namespace
{
constexpr std::size_t mostPlaces = 100;

int& gapOf (project::Gaps& gaps, BounceNumber number)
{
    return number == BounceNumber::LineGapMs      ? gaps.lineMs
           : number == BounceNumber::SpeakerGapMs ? gaps.speakerMs
                                                  : gaps.sceneMs;
}

/** Digits alone; the largest number where there are too many of them. */
int numberIn (std::string_view digits)
{
    int number = 0;
    const auto read = std::from_chars (digits.data(), digits.data() + digits.size(), number);
    return read.ec == std::errc::result_out_of_range ? std::numeric_limits<int>::max() : number;
}
} // namespace

std::string shownNumber (const project::Settings& settings, BounceNumber number)
{
    if (number == BounceNumber::PatienceSeconds)
        return std::to_string (settings.patienceSeconds.value_or (project::Settings::usualPatienceSeconds));
    auto gaps = settings.gaps;
    return std::to_string (gapOf (gaps, number));
}

project::Settings withNumber (project::Settings settings, BounceNumber number, std::string_view typed)
{
    const auto value = numberIn (typed);
    if (number != BounceNumber::PatienceSeconds)
        gapOf (settings.gaps, number) = value;
    else if (typed.empty() || value == project::Settings::usualPatienceSeconds)
        settings.patienceSeconds.reset();
    else
        settings.patienceSeconds = value;
    return settings;
}

std::string shortText (const GapReport& report)
{
    const auto text = toText (report, "The last bounce");
    std::size_t end = 0, lines = 0;
    while (lines <= mostPlaces && end < text.size()) // the heading, and a line for each place
    {
        end = text.find ('\n', end) + 1;
        ++lines;
    }
    const auto left = report.places.size() - std::min (report.places.size(), mostPlaces);
    return text.substr (0, end) + (left == 0 ? std::string() : "and " + std::to_string (left) + " more.\n");
}
} // namespace tableread::plugin
