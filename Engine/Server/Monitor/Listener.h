// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>

namespace tableread::engine
{
/** Somebody who plays a stream from its first frame on, as it comes: for how long is there nothing to play? That is also
    how much later he would have had to begin to hear no gap.

    Units     seconds, on any clock that goes forwards.
*/
class Listener
{
public:
    /** Speech of this length comes. */
    void hear (double now, double length)
    {
        if (! end)
            end = now;
        if (pausedAt)
        {
            away += now - *pausedAt;
            *end += now - *pausedAt;
            pausedAt.reset();
        }
        silent += std::max (0.0, now - *end);
        end = std::max (*end, now) + length;
    }

    /** He has more than he wants, and misses nothing until the next frame. */
    void pause (double now)
    {
        if (! pausedAt)
            pausedAt = now;
    }

    /** He waits no longer for the next frame. */
    void leave (double now)
    {
        if (end && ! pausedAt)
            silent += std::max (0.0, now - *end);
    }

    bool hasBegun() const { return end.has_value(); }
    double silence() const { return silent; }

    /** All pauses that are over. */
    double paused() const { return away; }

private:
    std::optional<double> end, pausedAt; // of what he has; of a pause
    double silent = 0, away = 0;
};
} // namespace tableread::engine
