// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>

namespace tableread::engine
{
/** What a unit of some work costs, learnt from what it took. */
class CostRate
{
public:
    /** firstMs: of a unit, until the first measurement. */
    explicit CostRate (double firstMs) : perUnit (firstMs) {}

    void took (double units, double ms);
    double ms (double units) const { return units * perUnit; }

    /** How many units fit into so much time. */
    double fitting (double ms) const { return ms / perUnit; }

private:
    double perUnit;
    bool isMeasured = false;
};

/** How long each step may prepare passages, so that those which are listened to do not falter.

    A passage is listened to from its first frame until its audio is 2 s ahead of real time. As long as one is, a step takes
    at most 100 ms, preparation included, or 1.25 times what it would take without, whichever is longer; otherwise 140 ms, so
    that a cancelled passage leaves soon. If none is for listeners at all, it takes up to 400 ms, so that as many as possible
    speak at once.

    Clock     milliseconds, from any origin. Threads: the renderer's.
*/
class Pacing
{
public:
    static constexpr double listenedStepMs = 100, idleStepMs = 140, unheardStepMs = 400, slowdown = 1.25,
                            aheadMs = 2000;

    /** frameMs: how long a frame sounds. */
    Pacing (std::function<double()> clock, double frameMs);

    double now() const { return clock(); }

    /** How many milliseconds of preparation the next step of so many speaking passages has room for. Never 0.
        @param isForListeners  whether there is a passage that somebody listens to, or will */
    double room (std::size_t speaking, bool isForListeners) const;

    /** A step ended that spoke for so many passages; `preparationMs` of it went into preparing others. */
    void stepTook (std::size_t speaking, double ms, double preparationMs);

    /** How long a step of so many passages takes without preparation, as far as is known; `isFresh`: was measured in one
        that prepared nobody. */
    struct Alone
    {
        double ms = 0;
        bool isFresh = false;
    };
    Alone alone (std::size_t speaking) const;

    void frameMade (std::uint64_t passage);
    void ended (std::uint64_t passage) { heard.erase (passage); }
    bool isListenedTo (std::uint64_t passage) const;

private:
    struct Heard
    {
        double sinceMs = 0;
        std::int64_t frames = 0;
        bool isAhead = false; // for good
    };

    std::function<double()> clock;
    double frameMs;
    std::map<std::uint64_t, Heard> heard;
    std::array<Alone, 65> steps {}; // by speaking passages; the last one for all above
};
} // namespace tableread::engine
