// SPDX-License-Identifier: Apache-2.0
#include "Offload/Profiler.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tableread::engine
{
namespace
{
bool isOnDevice (const ProfileSpan& span)
{
    return trackOf (span.kind) != ProfileTrack::Host;
}
} // namespace

Profiler::Profiler (Device* of) : device (of)
{
    begunMs = nowMs();
    if (device == nullptr)
        return;
    origin = device->makeEvent (EventKind::Timed);
    moment = device->makeEvent (EventKind::Timed);
    device->record (origin, DeviceQueue::Compute);
    device->waitOnHost (origin);
    anchorNow(); // warm-up: the first time takes longer
    first = anchorNow();
    compute.emplace (*device, DeviceQueue::Compute, origin);
}

Profiler::~Profiler()
{
    if (device == nullptr)
        return;
    compute.reset();
    device->dropEvent (origin);
    device->dropEvent (moment);
}

void Profiler::watch (LayerStreamer& of, CacheTrim& trim)
{
    streamer = &of;
    device->waitOnHost (streamer->timesFrom());
    streamerBegunMs = device->millisecondsBetween (origin, streamer->timesFrom());
    trim.onTrim = [this] (const CacheTrim::Times& times) {
        open.push_back ({ .kind = ProfileSpan::Kind::TrimWait,
                          .beginMs = times.begunMs - begunMs,
                          .endMs = times.idleMs - begunMs });
        open.push_back ({ .kind = ProfileSpan::Kind::Trim,
                          .beginMs = times.idleMs - begunMs,
                          .endMs = times.endedMs - begunMs });
    };
}

void Profiler::collect (std::int64_t frame)
{
    if (compute)
        compute->collect (open);
    if (streamer != nullptr)
        for (auto span : streamer->collectTimes())
        {
            span.beginMs += streamerBegunMs;
            span.endMs += streamerBegunMs;
            open.push_back (span);
        }
    for (auto& span : open)
        span.frame = frame;
    noted.insert (noted.end(), open.begin(), open.end());
    open.clear();
}

std::vector<ProfileSpan> Profiler::take()
{
    collect (-1);
    frames = 0;
    auto spans = std::exchange (noted, {});
    if (device != nullptr)
    {
        // The clocks drift apart; two moments that are known on both tell by how much.
        const auto last = anchorNow();
        const double deviceMs = last.deviceMs - first.deviceMs;
        const double rate = deviceMs > 0 ? (last.hostMs - first.hostMs) / deviceMs : 1.0;
        for (auto& span : spans)
            if (isOnDevice (span))
                for (auto* time : { &span.beginMs, &span.endMs })
                    *time = first.hostMs + rate * (*time - first.deviceMs);
    }
    std::ranges::stable_sort (spans, {}, &ProfileSpan::beginMs);
    return spans;
}

double Profiler::nowMs() const
{
    if (device != nullptr)
        return device->nowMs() - begunMs;
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::milli> (now).count() - begunMs;
}

/** The device is idle, so an event happens between its issue and the end of a wait for it. */
Profiler::Anchor Profiler::anchorNow()
{
    const double before = nowMs();
    device->record (moment, DeviceQueue::Compute);
    device->waitOnHost (moment);
    return { (before + nowMs()) / 2.0, device->millisecondsBetween (origin, moment) };
}

ProfileScope::ProfileScope (Profiler* of, const ProfileSpan& what) : profiler (of), span (what)
{
    if (profiler == nullptr)
        return;
    if (! isOnDevice (span))
        span.beginMs = profiler->nowMs();
    else if (profiler->compute)
        mark = profiler->compute->begin (span);
}

ProfileScope::~ProfileScope()
{
    if (profiler == nullptr)
        return;
    if (isOnDevice (span))
    {
        if (profiler->compute)
            profiler->compute->end (mark);
        return;
    }
    span.endMs = profiler->nowMs();
    profiler->open.push_back (span);
}
} // namespace tableread::engine
