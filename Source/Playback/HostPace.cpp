// SPDX-License-Identifier: Apache-2.0
#include "Playback/HostPace.h"

namespace tableread::playback
{
void HostPace::add (double seconds, Clock::time_point now) noexcept
{
    constexpr double quarter = 0.25;
    constexpr int enoughFast = 4, enoughSlow = 2;
    constexpr double fastFrom = 2.0, slowBelow = 1.25;
    if (last != Clock::time_point {})
        wall += std::chrono::duration<double> (now - last).count();
    last = now;
    if (audio >= quarter)
    {
        fastQuarters = audio >= fastFrom * wall ? fastQuarters + 1 : 0;
        slowOnes = audio < slowBelow * wall ? slowOnes + 1 : 0;
        if (fastQuarters >= enoughFast)
            fast = true;
        if (slowOnes >= enoughSlow)
            fast = false;
        audio = wall = 0.0;
    }
    audio += seconds;
}
} // namespace tableread::playback
