// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Engine/Words.h"

#include <cstdio>

namespace tableread::plugin
{
std::string decimal (double value, int decimals)
{
    char text[32];
    std::snprintf (text, sizeof (text), "%.*f", decimals, value);
    return text;
}

namespace
{
/** In the larger unit with a decimal, from the number on that the smaller one would round to 1000. */
std::string amount (std::int64_t count, const char* millions, const char* billions)
{
    constexpr double million = 1e6, billion = 1e9, half = 0.5;
    const auto value = (double) count;
    return value / million < 1000.0 - half ? decimal (value / million, 0) + ' ' + millions
                                           : decimal (value / billion, 1) + ' ' + billions;
}
} // namespace

std::string sizeText (std::int64_t bytes)
{
    return amount (bytes, "MB", "GB");
}

std::string weightsText (std::int64_t weights)
{
    return amount (weights, "million weights", "billion weights");
}

std::string startingText (const StartProgress& start)
{
    using Step = StartProgress::Step;
    const auto seconds = std::to_string (start.elapsed.count() / 1000) + " s";
    switch (start.step)
    {
        case Step::Loading:
            break;
        case Step::Replacing:
            return "Ending an engine of another version\u2026";
        case Step::Silent:
            return "The engine has not answered for " + seconds + "\u2026";
        case Step::Looking:
        case Step::Starting:
            return "Starting the engine\u2026" +
                   (start.elapsed.count() < 2000 ? std::string() : "  " + seconds);
    }
    auto text = "Loading " + (start.model.empty() ? "the model" : start.model);
    if (start.bytes > 0)
        text += " (" + sizeText (start.bytes) + ")";
    text += "\u2026  " + seconds;
    if (start.fraction)
        text += "  \u00b7  " + decimal (100.0 * (double) *start.fraction, 0) + " %";
    return text;
}
} // namespace tableread::plugin
