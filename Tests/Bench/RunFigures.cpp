// SPDX-License-Identifier: Apache-2.0
#include "Bench/RunFigures.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tableread::test
{
std::int64_t RunFigures::errors() const
{
    std::int64_t sum = 0;
    for (const auto& [kind, fault] : faults)
        sum += fault.count;
    return sum;
}

nlohmann::json toJson (const RunFigures& figures)
{
    nlohmann::json faults = nlohmann::json::array();
    for (const auto& [kind, fault] : figures.faults)
        faults.push_back ({ { "kind", kind }, { "count", fault.count }, { "example", fault.example } });
    return { { "clients", figures.clients },
             { "seconds", figures.seconds },
             { "done", figures.done },
             { "done_in_time", figures.doneInTime },
             { "unfinished", figures.unfinished },
             { "busy", figures.busy },
             { "errors", faults },
             { "differing", figures.differing },
             { "difference", figures.difference },
             { "least_jobs", figures.leastJobs },
             { "most_jobs", figures.mostJobs },
             { "unheard_clients", figures.unheard },
             { "audio_seconds_per_second", figures.audioPerSecond },
             { "first_audio_ms", toJson (figures.firstAudioMs) },
             { "between_frames_ms", toJson (figures.betweenFramesMs) },
             { "health_ms", toJson (figures.healthMs) },
             { "late_ms", toJson (figures.lateMs) } };
}

Tally::Tally (Run measured)
    : run (measured)
    , jobs (static_cast<std::size_t> (measured.clients))
    , heard (static_cast<std::size_t> (measured.clients))
{
    sum.clients = run.clients;
    sum.seconds = run.seconds;
}

void Tally::add (int client, const std::string& line, LineResult result)
{
    const auto index = static_cast<std::size_t> (client);
    const bool isDone = result.end == LineResult::End::Done;
    if (isDone)
    {
        ++sum.done;
        if (result.ended < run.end)
        {
            ++sum.doneInTime;
            ++jobs[index];
        }
    }
    else if (result.end == LineResult::End::Unfinished)
        ++sum.unfinished;
    else
        addFault (result.fault, result.example);
    if (result.differsAt && sum.differing++ == 0)
        sum.difference = fmt::format ("{}, client {}, byte {}", line, client, *result.differsAt);
    sum.busy += result.busy;
    bytesCounted += result.bytesCounted;
    heard[index] = static_cast<char> (heard[index] != 0 || result.bytesInTime > 0);
    if (result.firstAudioMs)
        firstAudioMs.push_back (*result.firstAudioMs);
    betweenFramesMs.insert (betweenFramesMs.end(), result.betweenFramesMs.begin(),
                            result.betweenFramesMs.end());
}

void Tally::addFault (const std::string& fault, const std::string& example)
{
    auto& known = sum.faults[fault];
    if (known.count++ == 0)
        known.example = example;
}

RunFigures Tally::figures() const
{
    auto figures = sum;
    const auto [least, most] = std::minmax_element (jobs.begin(), jobs.end());
    figures.leastJobs = *least;
    figures.mostJobs = *most;
    figures.unheard = static_cast<int> (std::count (heard.begin(), heard.end(), 0));
    figures.audioPerSecond = static_cast<double> (bytesCounted) * run.audioSecondsPerByte / run.seconds;
    figures.firstAudioMs = percentilesOf (firstAudioMs);
    figures.betweenFramesMs = percentilesOf (betweenFramesMs);
    figures.healthMs = percentilesOf (healthMs);
    figures.lateMs = percentilesOf (lateMs);
    return figures;
}
} // namespace tableread::test
