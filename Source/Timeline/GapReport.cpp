// SPDX-License-Identifier: Apache-2.0
#include "Timeline/GapReport.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <map>
#include <string_view>
#include <system_error>
#include <tuple>

#include <unistd.h>

#include "Audio/OutputFile.h"

namespace tableread
{
namespace
{
constexpr std::size_t longReason = 120; // is given once, as where an engine was looked for

/** "1:02:03.456" */
std::string timeOf (HostSamples position, double rate)
{
    const auto all = std::llround (std::abs ((double) position.value) * 1000.0 / rate);
    char text[64];
    std::snprintf (text, sizeof text, "%s%lld:%02lld:%02lld.%03lld", position.value < 0 ? "-" : "",
                   all / 3'600'000, all / 60'000 % 60, all / 1000 % 60, all % 1000);
    return text;
}

Result<void> writeAll (OutputFile& file, std::string_view text)
{
    while (! text.empty())
    {
        const auto count = ::write (file.descriptor(), text.data(), text.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
        {
            const int number = count < 0 ? errno : ENOSPC;
            return tl::unexpected (
                cannotWrite (file.path(), number, std::generic_category().message (number)));
        }
        text.remove_prefix ((std::size_t) count);
    }
    return file.complete();
}
} // namespace

std::vector<Hole> joined (std::vector<Hole> holes)
{
    std::sort (holes.begin(), holes.end(), [] (const Hole& a, const Hole& b) {
        return std::tuple (a.line, a.position - HostSamples { a.offset }, a.position) <
               std::tuple (b.line, b.position - HostSamples { b.offset }, b.position);
    });
    std::vector<Hole> result;
    result.reserve (holes.size());
    for (const auto& hole : holes)
    {
        const bool isOfSame =
            ! result.empty() && result.back().line == hole.line &&
            result.back().position.value - result.back().offset == hole.position.value - hole.offset;
        if (isOfSame && hole.offset <= result.back().offset + result.back().count)
            result.back().count =
                std::max (result.back().count, hole.offset + hole.count - result.back().offset);
        else
            result.push_back (hole);
    }
    std::stable_sort (result.begin(), result.end(),
                      [] (const Hole& a, const Hole& b) { return a.position < b.position; });
    return result;
}

std::vector<Hole> within (std::vector<Hole> holes,
                          const std::function<HostSamples (std::uint64_t line)>& lengthOf)
{
    for (auto& hole : holes)
        hole.count = std::min (hole.count, lengthOf (hole.line).value - hole.offset);
    std::erase_if (holes, [] (const Hole& hole) { return hole.count <= 0; });
    return holes;
}

GapReport reportOf (std::span<const Hole> holes, double hostRateHz,
                    const std::function<LineText (std::uint64_t line)>& textOf)
{
    GapReport report { .hostRateHz = hostRateHz, .places = {} };
    report.places.reserve (holes.size());
    for (const auto& hole : holes)
    {
        auto [title, why] = textOf (hole.line);
        report.places.push_back ({ std::move (title), std::move (why), hole.position,
                                   hole.position + HostSamples { hole.count } });
    }
    return report;
}

std::string toText (const GapReport& report, const std::string& what)
{
    if (report.isEmpty())
        return what + " is complete" + (report.remark.empty() ? "" : ", but " + report.remark) + ".\n";
    const auto count = report.places.size();
    auto text = what + (count == 1 ? " has a gap" : " has " + std::to_string (count) + " gaps") +
                (report.remark.empty() ? ": s" : ", and " + report.remark + ". S") + "peech is missing here" +
                (report.hasSlates ? ", and a tone of a second marks where it should begin.\n" : ".\n");
    std::map<std::string_view, std::string_view> given; // reasons, and the first lines with them
    for (const auto& place : report.places)
    {
        text.append (timeOf (place.from, report.hostRateHz))
            .append (" to ")
            .append (timeOf (place.to, report.hostRateHz));
        text.append (" (samples ").append (std::to_string (place.from.value)).append (" to ");
        text.append (std::to_string (place.to.value)).append ("): ").append (place.title).append (": ");
        const auto [former, isNew] = given.emplace (place.why, place.title);
        if (place.why.empty())
            text.append ("it was not rendered in time\n");
        else if (isNew || place.why.size() <= longReason)
            text.append (place.why).append ("\n");
        else
            text.append ("as for ").append (former->second).append ("\n");
    }
    return text;
}

Result<void> writeReport (const GapReport& report, const std::string& what, const std::filesystem::path& file)
{
    auto opened = OutputFile::open (file);
    if (! opened)
        return tl::unexpected (opened.error());
    return writeAll (*opened, toText (report, what));
}
} // namespace tableread
