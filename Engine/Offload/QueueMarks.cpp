// SPDX-License-Identifier: Apache-2.0
#include "Offload/QueueMarks.h"

#include <utility>

namespace tableread::engine
{
QueueMarks::QueueMarks (Device& of, DeviceQueue which, DeviceEvent from)
    : device (of)
    , queue (which)
    , origin (from)
    , marks (openAtMost)
    , lastBegin (device.makeEvent (EventKind::Timed))
{
    for (auto& mark : marks)
    {
        mark.before = device.makeEvent (EventKind::Timed);
        mark.after = device.makeEvent (EventKind::Timed);
    }
}

QueueMarks::~QueueMarks()
{
    for (const auto& mark : marks)
    {
        device.dropEvent (mark.before);
        device.dropEvent (mark.after);
    }
    device.dropEvent (lastBegin);
}

std::size_t QueueMarks::begin (const ProfileSpan& what)
{
    if (open == marks.size())
        return none;
    const auto index = (oldest + open++) % marks.size();
    marks[index].what = what;
    marks[index].ended = false;
    device.record (marks[index].before, queue);
    return index;
}

void QueueMarks::end (std::size_t mark)
{
    if (mark == none)
        return;
    device.record (marks[mark].after, queue);
    marks[mark].ended = true;
}

void QueueMarks::collect (std::vector<ProfileSpan>& to)
{
    for (; open > 0 && marks[oldest].ended && device.happened (marks[oldest].after); --open)
    {
        auto& mark = marks[oldest];
        lastBeginMs += device.millisecondsBetween (anyCollected ? lastBegin : origin, mark.before);
        anyCollected = true;
        mark.what.beginMs = lastBeginMs;
        mark.what.endMs = lastBeginMs + device.millisecondsBetween (mark.before, mark.after);
        to.push_back (mark.what);
        std::swap (lastBegin, mark.before); // the next mark is measured from it
        oldest = (oldest + 1) % marks.size();
    }
}
} // namespace tableread::engine
