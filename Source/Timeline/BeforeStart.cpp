// SPDX-License-Identifier: Apache-2.0
#include "Timeline/BeforeStart.h"

#include <cstdio>

namespace tableread
{
namespace
{
/** "0.777 s" */
std::string secondsText (std::int64_t samples, double rate)
{
    char text[64];
    std::snprintf (text, sizeof text, "%.3f s", (double) samples / rate);
    return text;
}
} // namespace

std::vector<std::string>
notesOnSpeechBeforeStart (const PlaybackPlan& plan, double hostRateHz,
                          const std::function<std::string (std::uint64_t line)>& titleOf)
{
    std::vector<std::string> notes;
    for (const auto& take : plan.placements())
    {
        const auto start = take.start.value, end = take.end.value;
        if (start >= 0 || start >= end || take.gain == 0.0f)
            continue;
        notes.push_back (
            titleOf (take.line) +
            (end > 0
                 ? ": its first " + secondsText (-start, hostRateHz) + " are not heard, since it begins"
                 : ": none of its " + secondsText (end - start, hostRateHz) + " are heard, since it ends") +
            " before 0. Move its anchor, or that of the line that it follows.");
    }
    return notes;
}
} // namespace tableread
