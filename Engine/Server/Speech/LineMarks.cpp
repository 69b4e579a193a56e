// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/LineMarks.h"

#include <algorithm>
#include <cmath>

namespace tableread::engine
{
namespace
{
constexpr double bytesASecond = 15; // of text, at the usual speed of speech
}

LineMarks::LineMarks (std::span<const SpokenLine> lines, std::int64_t sampleRateHz)
{
    double seconds = 0;
    borders.reserve (lines.size());
    for (const auto& line : lines)
    {
        seconds += static_cast<double> (line.text.size()) / bytesASecond;
        borders.push_back (std::llround (seconds * static_cast<double> (sampleRateHz)));
    }
}

/** Start and end of each line in turn; a line starts where the one before it ends. */
std::vector<LineMarks::Mark> LineMarks::marksUntil (std::int64_t samples, bool isEnd)
{
    std::vector<Mark> marks;
    for (; told < 2 * borders.size(); ++told)
    {
        const auto line = told / 2;
        const bool isStart = told % 2 == 0, isFirst = told == 0, isLast = told + 1 == 2 * borders.size();
        const auto border = isFirst ? 0 : isStart ? borders[line - 1] : borders[line];
        if (! isEnd && (isLast || (! isFirst && border >= samples)))
            break;
        const auto sample = isLast ? samples : std::min (border, samples);
        marks.push_back ({ line, isStart, ! isFirst && ! isLast, sample });
    }
    return marks;
}

std::vector<LineMarks::Mark> LineMarks::reached (std::int64_t samples)
{
    return marksUntil (samples, false);
}

std::vector<LineMarks::Mark> LineMarks::ended (std::int64_t samples)
{
    return marksUntil (samples, true);
}
} // namespace tableread::engine
