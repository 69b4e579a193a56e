// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "Core/Units.h"
#include "Timeline/Hole.h"

namespace tableread::playback
{
/** Where speech was missing each time that the timeline was played in real time, from the transport's start to its stop. How
    long a line is may only be known after that: what was told is then corrected. A plain structure. Threads: one at a time. */
class Played
{
public:
    /** What is known of a line. */
    struct Line
    {
        ModelSamples length;
        bool isKnown = false; // else `length` is an estimate
        std::string why {};   // it has failed; empty: it has not
    };

    /** @returns nothing for a line that is not there any more. */
    using Lookup = std::function<std::optional<Line> (std::uint64_t line)>;

    /** What one time lacked. */
    struct Report
    {
        std::vector<Hole> holes {}; // within their lines, and joined; none: it was complete
        std::map<std::uint64_t, std::string> reasons {}; // by line; a line without one was late
        double hostRateHz = (double) modelSampleRateHz;
        bool isCorrection = false; // of the one that was told before
    };

    /** What a HoleLog has collected.
        @param rateHz  of what was played in it to its end
        @param nextHz  of what goes on */
    void add (const std::vector<Hole>& logged, double rateHz, double nextHz);

    /** A bounce that the host has not announced goes on where it was played: the places so far are the bounce's. */
    void handOver();

    /** handOver()'s; the next call has none. */
    Report handedOver (const Lookup& lookUp);

    /** What is to be told, in the order in which it was played. Ask again until isSettled(). */
    std::vector<Report> reports (const Lookup& lookUp);

    /** The lines are others by now: what was told is not corrected. */
    void forget() { last.reset(); }

    /** Nothing of what was played is left to be told or corrected. */
    bool isSettled() const { return ended.empty() && current.holes.empty() && ! last; }

    /** The last report named a place, so one that names none would be news. */
    bool isFaulty() const { return hasHoles; }

private:
    struct Run
    {
        std::vector<Hole> holes {};
        double hostRateHz = (double) modelSampleRateHz;
        std::map<std::uint64_t, Line> lines {}; // as they were known last
    };

    static void follow (Run& run, const Lookup& lookUp);
    static bool isKnown (const Run& run);

    static Report reportOf (Run& run, const Lookup& lookUp);

    Run current, before; // before: handed over
    std::vector<Run> ended;
    std::optional<Run> last; // was told, with a length that was not known …
    std::vector<Hole> told;  // … as these places
    bool hasHoles = false;
};
} // namespace tableread::playback
