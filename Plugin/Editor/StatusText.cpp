// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/StatusText.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>

#include "Editor/Engine/Words.h"
#include "Project/Locks.h"
#include "Project/Lookup.h"

namespace tableread::plugin
{
namespace
{
using Phase = LinkStatus::Phase;
using playback::PartState;

/** How fast speech is made, and how long it still takes; empty if that is not known. */
std::string speed (const LinkProgress& progress)
{
    std::string text;
    if (progress.realTimeFactor && *progress.realTimeFactor > 0.0)
        text = decimal (1.0 / *progress.realTimeFactor, 1) + "\u00d7 real time";
    if (progress.secondsLeft)
        text += (text.empty() ? "" : "  \u00b7  ") + clockText (*progress.secondsLeft) + " left";
    return text;
}

std::string counted (std::size_t count, const char* one)
{
    return std::to_string (count) + ' ' + one + (count == 1 ? "" : "s");
}

struct LineCounts
{
    std::size_t all = 0, spoken = 0; // with a take, perhaps one of other words
};

/** Those of the script that are shown: a part is a passage, which has the line that it names and those that join it. */
LineCounts countLines (const Showing& now)
{
    LineCounts counts;
    const auto& parts = now.view->parts;
    const playback::PartView* part = nullptr;
    auto next = parts.begin();
    for (const auto& line : now.document->lines)
    {
        if (next != parts.end() && next->line == line->id.value)
            part = &*next++;
        else if (! line->joinsPrevious)
            part = nullptr;
        if (part == nullptr)
            continue;
        ++counts.all;
        counts.spoken += part->state == PartState::Done || part->state == PartState::Stale ? 1 : 0;
    }
    return counts;
}

/** "Line 7" as the script's text counts them; empty if it is gone. */
std::string nameOf (const Showing& now, std::uint64_t line)
{
    const auto place = project::placeOf (*now.document, project::LineId { line });
    return place ? "line " + std::to_string (now.document->lines[*place]->sourceLine)
                 : std::string ("a line");
}

std::string renderingText (const Showing& now)
{
    switch (now.link.phase)
    {
        case Phase::Starting:
            return startingText (now.link.start);
        case Phase::Waiting:
            return "Waiting: " + now.link.detail + '.';
        case Phase::Restarting:
            return "Trying again: " + now.link.detail;
        case Phase::Idle:
        case Phase::Rendering:
            break;
    }
    const auto lines = countLines (now);
    auto text = "Speaking: " + std::to_string (lines.spoken) + " of " + counted (lines.all, "line") + " done";
    if (const auto rate = speed (now.progress); ! rate.empty())
        text += "  \u00b7  " + rate;
    constexpr std::chrono::seconds worthTelling { 10 };
    if (now.link.quiet >= worthTelling)
        text +=
            "  \u00b7  nothing from the engine for " + std::to_string (now.link.quiet.count() / 1000) + " s";
    return text;
}

std::string failure (const Showing& now)
{
    for (const auto& part : now.view->parts)
        if (part.state == PartState::Failed)
        {
            if (part.line == 0 || (part.take != nullptr && part.take->fault() == Take::Fault::Engine))
                return part.reason;
            auto name = nameOf (now, part.line);
            name.front() = name.front() == 'l' ? 'L' : 'A';
            return name + ": " + part.reason;
        }
    return {};
}

/** What the last bounce lacks. */
std::string gapText (const Showing& now)
{
    if (now.gaps.empty())
        return {};
    const auto& first = now.gaps.front();
    return "The last bounce has " + counted (now.gaps.size(), "gap") + ", the first at " +
           clockText ((double) first.place.start.value / (double) modelSampleRateHz) + ": " +
           nameOf (now, first.line) + ", " + first.why;
}

/** What was silent while it was played, since its speech was not there. */
std::string lateText (const Showing& now)
{
    constexpr double shown = 0.05; // as clockText rounds
    if (now.isPlaying)
        return now.lateSeconds < shown
                   ? std::string()
                   : "  \u00b7  " + clockText (now.lateSeconds) + " of speech came too late to be heard";
    if (now.played == nullptr || now.played->isEmpty())
        return {};
    const auto& first = now.played->places.front();
    return "  \u00b7  Played with " + counted (now.played->places.size(), "gap") + ", the first at " +
           clockText ((double) first.from.value / now.played->hostRateHz) + ": " + first.title;
}

/** Names the first line whose end may be missing; empty if there is none. */
std::string cutOff (const Showing& now)
{
    std::string text;
    std::size_t others = 0;
    for (const auto& part : now.view->parts)
        if (part.state != PartState::Done || part.take == nullptr ||
            part.take->ending() == Take::Ending::Whole)
            continue;
        else if (text.empty())
            text = nameOf (now, part.line) + " reached the length limit: its end may be missing";
        else
            ++others;
    return others == 0 ? text : text + " (" + counted (others, "more line") + ")";
}

bool isBlank (const std::string& text)
{
    return text.find_first_not_of (" \t\r\n") == std::string::npos;
}

/** What there is, when nothing is being done. */
std::string restingText (const Showing& now)
{
    const auto& parts = now.view->parts;
    if (parts.empty())
        return now.notes.empty()
                   ? "Ready. Write a script, choose the voices, press Render."
                   : "Note: " + now.notes.front() +
                         (now.notes.size() > 1 ? " (" + counted (now.notes.size() - 1, "more note") + ")"
                                               : "");
    const auto lines = countLines (now);
    const auto length = clockText ((double) now.view->end.value / (double) modelSampleRateHz);
    auto text = lines.spoken == lines.all ? "Done: " + counted (lines.all, "line") + ", " + length
                                          : std::to_string (lines.spoken) + " of " +
                                                counted (lines.all, "line") + " done, about " + length;
    if (const auto cut = cutOff (now); ! cut.empty())
        text += "  \u00b7  " + cut;
    const auto stale = std::count_if (parts.begin(), parts.end(),
                                      [] (const auto& part) { return part.state == PartState::Stale; });
    if (const auto older = project::olderLocksText ((std::size_t) stale); ! older.empty())
        text += "  \u00b7  " + older;
    if (! now.notes.empty())
        text += "  \u00b7  " + counted (now.notes.size(), "note");
    return text;
}
} // namespace

std::string sentenceOf (const Error& error)
{
    auto text = error.text();
    if (text.empty())
        return text;
    if (auto& first = text.front(); error.where.empty() && first >= 'a' && first <= 'z') // else it is a name
        first = (char) (first - 'a' + 'A');
    const bool isEnded = text.ends_with ('.') || text.ends_with ('?') || text.ends_with ('!');
    return isEnded ? text : text + '.';
}

std::string clockText (double seconds)
{
    const auto tenths = (long long) std::floor (std::max (seconds, 0.0) * 10.0 + 0.5);
    char text[48];
    constexpr long long minute = 600, hour = 60 * minute;
    if (tenths < hour)
        std::snprintf (text, sizeof (text), "%lld:%02lld.%lld", tenths / minute, tenths / 10 % 60,
                       tenths % 10);
    else
        std::snprintf (text, sizeof (text), "%lld:%02lld:%02lld.%lld", tenths / hour, tenths / minute % 60,
                       tenths / 10 % 60, tenths % 10);
    return text;
}

std::string gapList (const Showing& now)
{
    constexpr std::size_t most = 12;
    std::string text;
    const auto add = [&] (const playback::Player::Report& report, const char* what) {
        if (report == nullptr || report->isEmpty())
            return;
        const auto lines = toText (*report, what);
        std::size_t end = 0;
        for (std::size_t i = 0; i < 1 + std::min (most, report->places.size()); ++i)
            end = lines.find ('\n', end) + 1;
        text += (text.empty() ? "" : "\n") + lines.substr (0, end - 1);
        if (report->places.size() > most)
            text += "\nand " + std::to_string (report->places.size() - most) + " more";
    };
    add (now.bounced, "The bounce");
    add (now.played, "What was played");
    return text;
}

std::vector<std::string> allNotes (const Status& status, const Showing& now)
{
    std::vector<std::string> all;
    const auto add = [&all] (const std::string& sentence) {
        if (! sentence.empty() && std::find (all.begin(), all.end(), sentence) == all.end())
            all.push_back (sentence);
    };
    if (status.isProblem)
        add (status.text);
    for (const auto& problem : now.problems)
        add (problem.text());
    for (const auto& note : now.notes)
        add (note);
    std::istringstream gaps (gapList (now));
    for (std::string line; std::getline (gaps, line);)
        add (line);
    return all;
}

std::string withName (const char* verb, const std::string& step)
{
    return step.empty() ? verb : verb + (' ' + step);
}

Status describe (const Showing& now, const std::optional<Error>& problem)
{
    if (problem)
        return { sentenceOf (*problem), true, 0.0 };
    if (now.isReadOnly)
        return { now.problems.front().text(), true, 0.0 };
    if (now.isRendering())
        return { renderingText (now) + lateText (now), false, now.view->fraction() };
    if (const auto& safe = now.link.safeMode)
        return { "Safe mode: " + safe->why + (safe->why.ends_with ('?') ? "" : ".") +
                     (safe->log.empty() ? std::string() : " Log: " + safe->log.string() + '.') +
                     " Press Safe mode to try again, or to speak with the embedded model.",
                 true, 0.0 };
    if (! now.problems.empty())
        return { now.problems.front().text(), true, 0.0 };
    for (const auto& text : { failure (now), gapText (now) })
        if (! text.empty())
            return { text, true, 0.0 };
    if (const auto& why = now.scriptProblem; why && ! isBlank (*now.document->script))
        return { why->text(), why->code != ErrorCode::InvalidInput, 0.0 };
    return { restingText (now) + lateText (now), false, 0.0 };
}
} // namespace tableread::plugin
