// SPDX-License-Identifier: Apache-2.0
#include "Playback/Played.h"

#include <algorithm>
#include <utility>

#include "Timeline/GapReport.h"
#include "Timeline/HostAudio.h"

namespace tableread::playback
{
namespace
{
constexpr std::size_t enough = 1'000; // holes of a loop that runs for hours are joined from time to time
}

void Played::add (const std::vector<Hole>& logged, double rateHz, double nextHz)
{
    for (const auto& hole : logged)
    {
        if (! hole.isEnd())
        {
            current.holes.push_back (hole);
            continue;
        }
        current.hostRateHz = rateHz;
        ended.push_back (std::exchange (current, {}));
    }
    current.hostRateHz = nextHz;
    if (! logged.empty() && current.holes.size() > enough)
        current.holes = joined (std::move (current.holes));
}

void Played::handOver()
{
    before = std::exchange (current, {});
}

Played::Report Played::handedOver (const Lookup& lookUp)
{
    auto run = std::exchange (before, {});
    return reportOf (run, lookUp);
}

std::vector<Played::Report> Played::reports (const Lookup& lookUp)
{
    std::vector<Report> all;
    follow (current, lookUp); // before a line of it may be removed
    if (last && ended.empty())
    {
        auto report = reportOf (*last, lookUp);
        report.isCorrection = true;
        const bool isOver = isKnown (*last);
        if (isOver && report.holes != told)
            all.push_back (std::move (report));
        if (isOver)
            last.reset();
    }
    for (auto& run : std::exchange (ended, {}))
    {
        all.push_back (reportOf (run, lookUp));
        told = all.back().holes;
        last.reset();
        if (! isKnown (run))
            last = std::move (run);
    }
    if (! all.empty())
        hasHoles = ! all.back().holes.empty();
    return all;
}

void Played::follow (Run& run, const Lookup& lookUp)
{
    for (const auto& hole : run.holes)
        if (auto& line = run.lines[hole.line]; ! line.isKnown)
        {
            auto now = lookUp (hole.line);
            line = now ? std::move (*now) : Line { line.length, true }; // gone: it will not get longer
        }
}

Played::Report Played::reportOf (Run& run, const Lookup& lookUp)
{
    follow (run, lookUp);
    Report report { .hostRateHz = run.hostRateHz };
    report.holes = joined (within (
        run.holes, [&] (std::uint64_t line) { return toHost (run.lines.at (line).length, run.hostRateHz); }));
    for (const auto& [line, known] : run.lines)
        if (! known.why.empty())
            report.reasons.emplace (line, known.why);
    return report;
}

bool Played::isKnown (const Run& run)
{
    return std::all_of (run.lines.begin(), run.lines.end(),
                        [] (const auto& each) { return each.second.isKnown; });
}
} // namespace tableread::playback
