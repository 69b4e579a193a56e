// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <random>
#include <span>
#include <string>

#include "Bench/Preparation.h"
#include "Bench/ProcessWatch.h"
#include "Bench/RunFigures.h"

namespace tableread::test
{
/** One load on an engine, from the first request to the end of the last stream, on the caller's thread.

    Closed loop   each client begins its next request when its last one has ended.
    Open loop     requests arrive at random times, `rate` of them a second; the same seed gives the same times.
*/
class LoadRun
{
public:
    /** @param references  of each line's stream, or none
        @param engineProcess  may be null
        All must outlive the run. */
    LoadRun (const LoadSettings& load, const EngineFacts& facts, std::span<const std::string> references,
             ProcessWatch* engineProcess);

    RunFigures run();

private:
    void begin (int client, Clock::time_point due);
    void ended (std::int64_t request, int client, const std::string& line, LineResult result);
    void nextOf (int client, bool afterFailure);
    void arrive();
    void pulse();
    void askHealth (Clock::time_point due);
    void timeIsUp();
    void giveUp();

    const LoadSettings& settings;
    const EngineFacts& engine;
    std::span<const std::string> expected;
    ProcessWatch* watch;
    asio::io_context io;
    asio::steady_timer arrival, heartbeat, end;
    Clock::time_point start, stop, nextArrival, nextPulse;
    std::mt19937_64 random;
    std::int64_t requests = 0, arrivals = 0, pulses = 0;
    std::vector<std::size_t> begun;                               // requests of each client
    std::map<std::int64_t, std::shared_ptr<LineRequest>> running; // by their numbers
    Tally tally;
    bool isOver = false;
};
} // namespace tableread::test
