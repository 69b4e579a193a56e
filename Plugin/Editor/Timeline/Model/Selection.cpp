// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Model/Selection.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tableread::plugin
{
namespace
{
using project::LineId;

/** Places of all clips, by their starts. */
std::vector<std::size_t> inTime (const std::vector<TimelineClip>& clips)
{
    std::vector<std::size_t> order (clips.size());
    std::iota (order.begin(), order.end(), std::size_t { 0 });
    std::stable_sort (order.begin(), order.end(),
                      [&] (auto a, auto b) { return clips[a].start < clips[b].start; });
    return order;
}

double middle (const TimelineClip& clip)
{
    return clip.start + clip.length * 0.5;
}

/** The clip nearest in time on the next lane up (-1) or down (1) that has one. */
std::optional<LineId> onOtherLane (const TimelineClips& clips, const TimelineClip& from, int direction)
{
    const auto count = (int) clips.lanes().size();
    for (auto lane = (int) from.lane + direction; lane >= 0 && lane < count; lane += direction)
    {
        const TimelineClip* nearest = nullptr;
        for (const auto& clip : clips.all())
            if ((int) clip.lane == lane &&
                (nearest == nullptr ||
                 std::abs (middle (clip) - middle (from)) < std::abs (middle (*nearest) - middle (from))))
                nearest = &clip;
        if (nearest != nullptr)
            return nearest->line();
    }
    return {};
}
} // namespace

void TimelineSelection::clear()
{
    chosen.clear();
    current = pivot = {};
}

void TimelineSelection::set (LineId line)
{
    chosen = { line };
    current = pivot = line;
}

void TimelineSelection::setAll (std::vector<LineId> lines)
{
    clear();
    if (lines.empty())
        return;
    pivot = lines.front();
    current = lines.back();
    chosen.insert (lines.begin(), lines.end());
}

void TimelineSelection::toggle (LineId line)
{
    if (chosen.erase (line) == 0)
        chosen.insert (line);
    current = pivot = chosen.empty() ? LineId() : has (line) ? line : *chosen.rbegin();
}

void TimelineSelection::focusOn (LineId line)
{
    if (has (line))
        current = line;
    else
        set (line);
}

void TimelineSelection::extendTo (LineId line, const TimelineClips& clips)
{
    const auto order = inTime (clips.all());
    const auto find = [&] (LineId wanted) {
        return std::find_if (order.begin(), order.end(),
                             [&] (auto place) { return clips.all()[place].line() == wanted; });
    };
    const auto from = find (pivot ? pivot : line), to = find (line);
    if (from == order.end() || to == order.end())
        return set (line);
    chosen.clear();
    for (auto at = std::min (from, to); at <= std::max (from, to); ++at)
        chosen.insert (clips.all()[*at].line());
    pivot = clips.all()[*from].line();
    current = line;
}

std::optional<LineId> TimelineSelection::after (Step step, const TimelineClips& clips, double seconds) const
{
    const auto& all = clips.all();
    if (all.empty())
        return {};
    const auto order = inTime (all);
    const auto lineAt = [&] (std::size_t place) { return std::optional (all[order[place]].line()); };
    if (step == Step::First)
        return lineAt (0);
    if (step == Step::Last)
        return lineAt (order.size() - 1);
    const auto focused = clips.placeOf (current);
    if (! focused)
    {
        const auto found =
            std::find_if (order.begin(), order.end(), [&] (auto each) { return all[each].start >= seconds; });
        return found == order.end() ? lineAt (order.size() - 1) : std::optional (all[*found].line());
    }
    if (step == Step::LaneUp || step == Step::LaneDown)
        return onOtherLane (clips, all[*focused], step == Step::LaneUp ? -1 : 1);
    const auto place = (std::size_t) (std::find (order.begin(), order.end(), *focused) - order.begin());
    if (step == Step::Previous)
        return place == 0 ? std::nullopt : lineAt (place - 1);
    return place + 1 == order.size() ? std::nullopt : lineAt (place + 1);
}

bool TimelineSelection::move (Step step, bool extends, const TimelineClips& clips, double seconds)
{
    const auto next = after (step, clips, seconds);
    if (! next)
        return false;
    if (extends)
        extendTo (*next, clips);
    else
        set (*next);
    return true;
}

void TimelineSelection::keep (const TimelineClips& clips)
{
    std::erase_if (chosen, [&] (LineId line) { return ! clips.placeOf (line); });
    if (! has (current))
        current = chosen.empty() ? LineId() : *chosen.rbegin();
    if (! clips.placeOf (pivot))
        pivot = current;
}
} // namespace tableread::plugin
