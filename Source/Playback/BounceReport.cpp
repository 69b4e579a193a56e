// SPDX-License-Identifier: Apache-2.0
#include "Playback/BounceReport.h"

#include <vector>

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
    const auto titles = titlesOf (document);
    std::vector<Hole> holes;
    holes.reserve (bounce.gaps.size());
    std::unordered_map<std::uint64_t, std::string> reasons;
    for (const auto& gap : bounce.gaps)
    {
        const auto from = toHost (gap.place.start, bounce.hostRateHz);
        holes.push_back ({ .line = gap.line,
                           .position = from,
                           .count = toHost (gap.place.end(), bounce.hostRateHz).value - from.value });
        reasons.emplace (gap.line, gap.why);
    }
    auto report = reportOf (holes, bounce.hostRateHz, [&] (std::uint64_t line) {
        const auto title = titles.find (line);
        return LineText { title != titles.end() ? title->second : "a line that was removed",
                          reasons.at (line) };
    });
    report.hasSlates = bounce.playsSlate;
    return report;
}
} // namespace tableread::playback
