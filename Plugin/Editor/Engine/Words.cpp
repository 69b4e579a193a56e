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

std::string sizeText (std::int64_t bytes)
{
    constexpr double million = 1e6, billion = 1e9;
    return (double) bytes < billion ? decimal ((double) bytes / million, 0) + " MB"
                                    : decimal ((double) bytes / billion, 1) + " GB";
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
