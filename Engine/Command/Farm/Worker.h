// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "Command/Farm/Grace.h"
#include "Command/Farm/Source.h"
#include "Command/Farm/Speaker.h"
#include "Take/Store/TakeStore.h"

namespace tableread::engine
{
/** Speaks the lines of a source, several at once, and stores their takes. A line whose take or failure the store has is not
    spoken, and two that ask for the same are spoken once. A line that fails does no harm to the others.

    Threads   one; files are written on others. */
class LineWorker
{
public:
    /** All of them must outlive this object. @param passages  at once; 0: as many as make the most speech. */
    LineWorker (Renderer& renderer, const TakeStore& takes, LineSource& lines, int passages);

    /** Until the source has no more lines, the grace is over, or the store or the device has failed. Then nothing is under
        way, and the source knows what has become of each of its lines. */
    void run (Grace& grace);

    /** What a line was left for: that which ended the run, else the first one. Empty: nothing has failed. */
    const std::optional<Error>& problem() const { return firstError; }

    /** Median of the milliseconds between a last frame and the start of the line that took its place: what handing out lines
        costs. Empty: no line took another's place. */
    std::optional<double> handOutMs() const;

    /** The store or the device has failed: other lines would too. */
    bool hasFailed() const { return isBroken; }

    /** Why lines were not begun that the source still has. */
    std::string whyLeft() const;

private:
    using Clock = std::chrono::steady_clock;
    using Milliseconds = std::chrono::duration<double, std::milli>;

    struct Kept
    {
        SpokenTake take;
        Result<TakeRecord> record;
    };

    void take (LineJob job);
    std::optional<LineOutcome> known (const std::string& key);
    void ended (SpokenTake take);
    void settle (bool waits);
    void tell (const std::string& key, const LineOutcome& outcome);
    void note (const Error& error);
    void fail (const Error& error);

    const std::string fingerprint; // of the engine
    const TakeStore& store;
    LineSource& source;
    LineSpeaker speaker;
    std::map<std::string, std::vector<std::shared_ptr<const FarmLine>>> waiting; // for their take's key
    std::vector<std::future<Kept>> keeping;
    std::optional<Clock::time_point> lastFrame;
    std::vector<double> handOuts; // in ms
    std::optional<Error> firstError;
    bool isBroken = false; // the store or the device is
};
} // namespace tableread::engine
