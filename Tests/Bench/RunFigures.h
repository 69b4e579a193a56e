// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "Bench/LineRequest.h"
#include "Bench/Percentiles.h"

namespace tableread::test
{
/** How often an error of one kind came, and what was said the first time. */
struct Fault
{
    std::int64_t count = 0;
    std::string example;
};

/** What is known after a run. In time: before it was over; after that no request begins, but those that run may end. */
struct RunFigures
{
    int clients = 0;
    double seconds = 0;
    std::int64_t done = 0, doneInTime = 0, unfinished = 0;
    std::int64_t busy = 0; // 503s, after each of which a request was repeated
    std::map<std::string, Fault> faults;
    std::int64_t differing = 0;               // streams that were not what they should be
    std::string difference;                   // the first one's
    std::int64_t leastJobs = 0, mostJobs = 0; // of a client, done in time
    int unheard = 0;                          // clients that got no audio in time
    double audioPerSecond = 0;                // seconds of audio
    Percentiles firstAudioMs, betweenFramesMs, healthMs;
    Percentiles lateMs; // this tool's own timer: what it measures is wrong by as much

    std::int64_t errors() const;

    /** Something was done, and nothing wrong: 503s are not. */
    bool isGood() const { return done > 0 && differing == 0 && errors() == 0; }
};

nlohmann::json toJson (const RunFigures& figures);

/** Collects what happens in a run. */
class Tally
{
public:
    struct Run
    {
        int clients = 1;
        double seconds = 1; // in which audio is counted
        double audioSecondsPerByte = 0;
        Clock::time_point end; // of the time
    };

    explicit Tally (Run measured);

    /** @param line  for people: which line it was */
    void add (int client, const std::string& line, LineResult result);
    void addHealth (double ms) { healthMs.push_back (ms); }
    void addLateness (double ms) { lateMs.push_back (ms); }
    void addFault (const std::string& fault, const std::string& example);

    RunFigures figures() const;

private:
    Run run;
    RunFigures sum;
    std::size_t bytesCounted = 0;
    std::vector<std::int64_t> jobs; // of each client, done in time
    std::vector<char> heard;        // whether it got audio in time
    std::vector<double> firstAudioMs, betweenFramesMs, healthMs, lateMs;
};
} // namespace tableread::test
