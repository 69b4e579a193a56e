// SPDX-License-Identifier: Apache-2.0
#include "Server/Jobs/Progress.h"

#include <utility>

#include "Server/Http/Insist.h"

namespace tableread::engine
{
JobProgress::State JobProgress::state() const
{
    const std::lock_guard lock (mutex);
    return now;
}

void JobProgress::waits (std::size_t place)
{
    const std::lock_guard lock (mutex);
    if (now.phase != Phase::Queued || std::exchange (now.place, place) == place)
        return;
    changed();
}

void JobProgress::prepares()
{
    const std::lock_guard lock (mutex);
    if (now.phase != Phase::Queued)
        return;
    now.phase = Phase::Preparing;
    now.place = 0;
    changed();
}

void JobProgress::spokeFrame()
{
    const std::lock_guard lock (mutex);
    if (now.phase == Phase::Ended)
        return;
    now.phase = Phase::Speaking; // the samples wake whoever waits
    ++now.frames;
}

void JobProgress::ends (JobEnd end)
{
    const std::lock_guard lock (mutex);
    if (now.phase == Phase::Ended)
        return;
    now.phase = Phase::Ended;
    now.place = 0;
    now.end = std::move (end);
    now.endedAt = Clock::now();
    changed();
}

void JobProgress::onChange (std::function<void()> function)
{
    const std::lock_guard lock (mutex);
    wake.swap (function);
}

/** The caller holds the lock, so that no call comes after onChange() has replaced the function. A change that nobody is told
    of for want of memory is told with the next one; after the last one the queue's end wakes. */
void JobProgress::changed() const
{
    if (wake)
        attempt (wake);
}

const char* nameOf (JobProgress::Phase phase)
{
    switch (phase)
    {
        case JobProgress::Phase::Queued:
            return "queued";
        case JobProgress::Phase::Preparing:
            return "preparing";
        case JobProgress::Phase::Speaking:
            return "speaking";
        case JobProgress::Phase::Ended:
            break;
    }
    return "ended";
}
} // namespace tableread::engine
