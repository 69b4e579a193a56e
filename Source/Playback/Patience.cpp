// SPDX-License-Identifier: Apache-2.0
#include "Playback/Patience.h"

namespace tableread::playback
{
bool Patience::isProgress (const Signs& now, Clock::time_point time)
{
    bool progress = now.moves != seen.moves;
    if (now.speech != seen.speech)
    {
        restarts = 0;
        progress = true;
    }
    if (now.losses != seen.losses)
        progress = ++restarts <= mostRestarts || progress;
    if (now.isLoading && (! seen.isLoading || now.loaded != seen.loaded))
        loadingSince = time;
    return progress || (now.isLoading && time - loadingSince < mostLoading);
}

void Patience::begin (const Signs& now, Clock::time_point time)
{
    if (isProgress (now, time))
        over = false;
    seen = now;
    if (! over)
        last = time;
}

bool Patience::isOver (const Signs& now, Clock::time_point time)
{
    if (isProgress (now, time))
    {
        last = time;
        over = false;
    }
    seen = now;
    over = over || time - last > limit;
    return over;
}
} // namespace tableread::playback
