// SPDX-License-Identifier: Apache-2.0
#include "Playback/BounceReport.h"

#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "Project/Locks.h"
#include "Project/Passages.h"

namespace tableread::playback
{
std::unordered_map<std::uint64_t, std::string> titlesOf (const project::Document& document)
{
    std::unordered_map<std::uint64_t, std::string> titles;
    for (const auto& passage : project::passagesOf (document))
        titles.emplace (document.lines[passage.first]->id.value, titleOf (document, passage));
    return titles;
}

GapReport reportOf (const BounceEnd& bounce, const project::Document& document)
{
    std::vector<Hole> holes;
    holes.reserve (bounce.gaps.size());
    std::map<std::uint64_t, std::string> reasons;
    for (const auto& gap : bounce.gaps)
    {
        const auto from = toHost (gap.place.start, bounce.hostRateHz);
        holes.push_back ({ .line = gap.line,
                           .position = from,
                           .count = toHost (gap.place.end(), bounce.hostRateHz).value - from.value });
        reasons.emplace (gap.line, gap.why);
    }
    auto report = reportOf ({ std::move (holes), std::move (reasons), bounce.hostRateHz }, document);
    auto before = reportOf (bounce.before, document).places;
    report.isPlayed = false;
    report.remark = project::olderLocksText (project::olderLocks (document));
    report.hasSlates = bounce.playsSlate && before.empty();
    report.places.insert (report.places.begin(), std::make_move_iterator (before.begin()),
                          std::make_move_iterator (before.end()));
    return report;
}

GapReport reportOf (const Played::Report& played, const project::Document& document)
{
    const auto titles = titlesOf (document);
    auto report = reportOf (played.holes, played.hostRateHz, [&] (std::uint64_t line) {
        const auto title = titles.find (line);
        const auto reason = played.reasons.find (line);
        return LineText { title != titles.end() ? title->second
                          : line == 0           ? "the whole"
                                                : "a line that was removed",
                          reason != played.reasons.end() ? reason->second : std::string() };
    });
    report.isPlayed = true;
    report.isCorrection = played.isCorrection;
    return report;
}
} // namespace tableread::playback
