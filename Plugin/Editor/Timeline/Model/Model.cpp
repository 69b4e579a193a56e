// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Model/Model.h"

#include <algorithm>

namespace tableread::plugin
{
namespace
{
constexpr int showsUntilSettled = 20; // well above the time that a new view takes
} // namespace

TimelineModel::News TimelineModel::show (const TimelineInput& input)
{
    const auto music = input.music.value_or (HostMusic { {}, input.document->tempo });
    auto news = allClips.show (input.document, input.view);
    bool isOther =
        news.isOther || music != hostMusic || isInBars != input.music.has_value() || loopRange != input.loop;
    loopRange = input.loop;
    hostMusic = music;
    isInBars = input.music.has_value();
    lastPlayhead = input.playhead;
    plays = input.isPlaying;
    if (news.isOther)
    {
        selection.keep (allClips);
        peaks.keep (allClips.all());
        visiblePart.setRange (allClips.begin(), allClips.end() + roomBehind);
        if (drag && ! allClips.placeOf (drag->heldLine()))
            drag.reset();
        else if (drag)
        {
            makeDrag (drag->heldLine());
            drag->moveTo (wish.seconds, wish.grid, wish.reach);
        }
    }
    if (settling)
    {
        settle();
        isOther = isOther || ! settling;
    }
    if (page.follow (visiblePart, input.playhead, input.isPlaying) || peaks.isBehind())
        isOther = true;
    return { isOther, std::move (news.grown) };
}

void TimelineModel::settle()
{
    const auto place = allClips.placeOf (settling->heldLine());
    if (! place || allClips.all()[*place].start != settledFrom || --patience <= 0)
        settling.reset();
}

void TimelineModel::scrollTo (double seconds)
{
    page.userScrolled();
    visiblePart.scrollTo (seconds);
}

void TimelineModel::scrollPages (double pages)
{
    scrollTo (visiblePart.start() + pages * visiblePart.visible());
}

void TimelineModel::zoom (double factor, double x)
{
    page.userScrolled();
    visiblePart.zoom (factor, x);
}

void TimelineModel::fitAll()
{
    constexpr double margin = 1.02;
    page.userScrolled();
    visiblePart.fit (allClips.begin(), allClips.begin() + (allClips.end() - allClips.begin()) * margin);
}

void TimelineModel::revealFocus()
{
    if (const auto* clip = focused())
    {
        page.userScrolled();
        visiblePart.reveal (startOf (*clip), startOf (*clip) + clip->length);
    }
}

void TimelineModel::setFollows (bool isWanted)
{
    page.setOn (isWanted);
}

const ClipDrag* TimelineModel::shown() const
{
    return drag ? &*drag : settling ? &*settling : nullptr;
}

double TimelineModel::startOf (const TimelineClip& clip) const
{
    const auto* move = shown();
    return move == nullptr ? clip.start : clip.start + move->shiftOf (clip.line());
}

const TimelineClip* TimelineModel::clipAt (std::size_t lane, double x) const
{
    const auto& all = allClips.all();
    const auto found = std::find_if (all.rbegin(), all.rend(), [&] (const TimelineClip& clip) {
        const auto left = visiblePart.toX (startOf (clip));
        return clip.lane == lane && x >= left &&
               x < left + std::max (grip, clip.length * visiblePart.pixelsPerSecond());
    });
    return found == all.rend() ? nullptr : &*found;
}

std::vector<project::LineId> TimelineModel::clipsIn (std::size_t firstLane, std::size_t lastLane,
                                                     double fromX, double toX) const
{
    std::vector<project::LineId> lines;
    for (const auto& clip : allClips.all())
        if (clip.lane >= firstLane && clip.lane <= lastLane && visiblePart.toX (startOf (clip)) < toX &&
            visiblePart.toX (startOf (clip) + clip.length) > fromX)
            lines.push_back (clip.line());
    return lines;
}

const TimelineClip* TimelineModel::focused() const
{
    const auto place = allClips.placeOf (selection.focus());
    return place ? &allClips.all()[*place] : nullptr;
}

std::optional<LoopRange> TimelineModel::selectedRange() const
{
    std::optional<LoopRange> range;
    for (const auto& clip : allClips.all())
        if (const auto start = startOf (clip); ! selection.has (clip.line()))
            continue;
        else if (! range)
            range = LoopRange { start, start + clip.length };
        else
        {
            range->from = std::min (range->from, start);
            range->to = std::max (range->to, start + clip.length);
        }
    return range;
}

void TimelineModel::makeDrag (project::LineId held)
{
    drag.emplace (allClips, selection, held, plays ? std::nullopt : std::optional (lastPlayhead));
}

void TimelineModel::beginDrag (project::LineId held)
{
    settling.reset();
    makeDrag (held);
    wish = { drag->heldStart(), {}, 0.0 };
}

void TimelineModel::dragTo (double seconds, bool isFree)
{
    if (! drag)
        return;
    wish = { seconds, isFree ? SnapGrid { .music = hostMusic } : grid(),
             catchReach / visiblePart.pixelsPerSecond() };
    drag->moveTo (wish.seconds, wish.grid, wish.reach);
}

bool TimelineModel::nudge (int direction, bool isFine)
{
    const auto* clip = focused();
    if (clip == nullptr)
        return false;
    if (! drag)
        beginDrag (clip->line());
    const auto steps = grid();
    wish = { drag->heldStart() + direction * (isFine ? finestNudge : steps.stepSeconds()),
             isFine ? SnapGrid { .music = hostMusic } : steps, 0.0 };
    drag->moveTo (wish.seconds, wish.grid, wish.reach);
    return true;
}

bool TimelineModel::moveToPlayhead()
{
    const auto* clip = focused();
    if (clip == nullptr)
        return false;
    beginDrag (clip->line());
    dragTo (lastPlayhead, true);
    endDrag();
    return true;
}

void TimelineModel::endDrag()
{
    if (! drag)
        return;
    const auto edit = drag->edit();
    if (edit)
    {
        settling = drag;
        settledFrom = drag->heldStart() - drag->offset();
        patience = showsUntilSettled;
    }
    drag.reset();
    tell (edit);
}

std::optional<double> TimelineModel::draggedStart() const
{
    return drag ? std::optional (drag->heldStart()) : std::nullopt;
}

bool TimelineModel::removeAnchors()
{
    return tell (withoutAnchors (allClips, selection));
}

bool TimelineModel::anchorHere()
{
    return tell (withAnchors (allClips, selection));
}

bool TimelineModel::tell (const std::optional<project::Edit>& edit)
{
    if (edit && onEdit)
        onEdit (*edit);
    return edit.has_value();
}
} // namespace tableread::plugin
