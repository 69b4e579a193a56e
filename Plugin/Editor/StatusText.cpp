// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/StatusText.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "Passage/Passage.h"

namespace tableread::plugin
{
namespace
{
using Phase = LinkStatus::Phase;
using View = Performance::View;

std::string number (double value, int decimals)
{
    char text[32];
    std::snprintf (text, sizeof (text), "%.*f", decimals, value);
    return text;
}

std::string speed (const View& view)
{
    if (view.elapsedSeconds <= 0.0 || view.renderedSeconds <= 0.0)
        return {};
    return number (view.renderedSeconds / view.elapsedSeconds, 1) + "\u00d7 real time";
}

std::string counted (std::size_t count, const char* one)
{
    return std::to_string (count) + ' ' + one + (count == 1 ? "" : "s");
}

std::size_t count (const View& view, TakeState state)
{
    return (std::size_t) std::count_if (view.passages.begin(), view.passages.end(),
                                        [&] (const auto& passage) { return passage.take->state() == state; });
}

double progressOf (const View& view)
{
    double done = 0.0, all = 0.0;
    for (const auto& passage : view.passages)
    {
        const auto expected = (double) estimatedSamples (passage.characters);
        all += expected;
        done += passage.take->isFinal()
                    ? expected
                    : std::min (0.95 * expected, (double) passage.take->audio().rendered());
    }
    return all > 0.0 ? done / all : 0.0;
}

/** "5.4 GB", "53 MB" */
std::string sizeText (std::int64_t bytes)
{
    constexpr double million = 1e6, billion = 1e9;
    return (double) bytes < billion ? number ((double) bytes / million, 0) + " MB"
                                    : number ((double) bytes / billion, 1) + " GB";
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
        text += "  \u00b7  " + number (100.0 * (double) *start.fraction, 0) + " %";
    return text;
}

std::string renderingText (const View& view)
{
    switch (view.link.phase)
    {
        case Phase::Starting:
            return startingText (view.link.start);
        case Phase::Waiting:
            return "Waiting: " + view.link.detail + '.';
        case Phase::Restarting:
            return "Trying again: " + view.link.detail;
        case Phase::Idle:
        case Phase::Rendering:
            break;
    }
    const auto current = view.passages.size() - count (view, TakeState::Queued);
    auto text = "Speaking line " + std::to_string (std::max<std::size_t> (current, 1)) + " of " +
                std::to_string (view.passages.size());
    if (const auto rate = speed (view); ! rate.empty())
        text += "  \u00b7  " + rate;
    return text;
}

Status failure (const View& view)
{
    for (const auto& passage : view.passages)
        if (passage.take->state() == TakeState::Failed)
            return { "Line " + std::to_string (passage.sourceLine) + ": " + passage.take->error().text(),
                     true, 0.0 };
    return {};
}
/** Names the first line whose end may be missing; empty if there is none. */
std::string cutOff (const View& view)
{
    std::string text;
    std::size_t others = 0;
    for (const auto& passage : view.passages)
        if (passage.take->state() != TakeState::Done || passage.take->ending() == Take::Ending::Whole)
            continue;
        else if (text.empty())
            text = "line " + std::to_string (passage.sourceLine) +
                   " reached the length limit: its end may be missing";
        else
            ++others;
    return others == 0 ? text : text + " (" + counted (others, "more line") + ")";
}
} // namespace

std::int64_t estimatedSamples (std::size_t characters)
{
    return estimatedLength (characters).value;
}

std::string clockText (double seconds)
{
    const auto tenths = (long long) std::floor (std::max (seconds, 0.0) * 10.0 + 0.5);
    char text[48];
    std::snprintf (text, sizeof (text), "%lld:%02lld.%lld", tenths / 600, tenths / 10 % 60, tenths % 10);
    return text;
}

Status describe (const View& view, const std::optional<Error>& problem, const std::vector<std::string>& notes)
{
    if (problem)
        return { problem->text(), true, 0.0 };
    if (view.isRendering)
        return { renderingText (view), false, progressOf (view) };
    if (const auto& safe = view.link.safeMode)
        return { "Safe mode: " + safe->why + (safe->why.ends_with ('?') ? "" : ".") +
                     (safe->log.empty() ? std::string() : " Log: " + safe->log.string() + '.') +
                     " Press Safe mode to try again, or to speak with the embedded model.",
                 true, 0.0 };
    if (auto failed = failure (view); failed.isProblem)
        return failed;
    if (view.passages.empty() && ! notes.empty())
        return { "Note: " + notes.front() +
                     (notes.size() > 1 ? " (" + counted (notes.size() - 1, "more note") + ")" : ""),
                 false, 0.0 };
    if (view.passages.empty())
        return { "Ready. Write a script, choose the voices, press Render.", false, 0.0 };
    const auto length = (double) view.end.value / (double) modelSampleRateHz;
    const bool stopped = count (view, TakeState::Cancelled) > 0;
    auto text = (stopped ? "Stopped after " : "Done: ") + counted (count (view, TakeState::Done), "line") +
                ", " + clockText (length);
    if (const auto rate = speed (view); ! rate.empty())
        text += "  \u00b7  " + rate;
    if (const auto cut = cutOff (view); ! cut.empty())
        text += "  \u00b7  " + cut;
    if (! notes.empty())
        text += "  \u00b7  " + counted (notes.size(), "note") + " on the script";
    return { text, false, 0.0 };
}
} // namespace tableread::plugin
