// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Report.h"

#include <algorithm>
#include <array>
#include <ostream>
#include <string_view>

#include <nlohmann/json.hpp>

#include "Core/ExitCodes.h"
#include "Core/Units.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;
using State = LineOutcome::State;

constexpr std::array<std::string_view, 4> stateNames { "stored", "rendered", "failed", "left" };

std::string_view nameOf (State state)
{
    return stateNames[static_cast<std::size_t> (state)];
}

void add (Json& json, const TakeRecord& record)
{
    json["key"] = record.request.key();
    json["hash"] = record.audio.hash;
    json["audio"] = nameOf (record.audio.form);
    json["samples"] = record.audio.samples;
    json["seconds"] = spokenSeconds (record.audio.samples);
    json["seed"] = record.request.seed;
}

Json named (const FarmLine& line, std::string_view state)
{
    Json json { { "line", line.number }, { "title", line.wanted.title }, { "state", state } };
    if (! line.id.empty())
        json["id"] = line.id;
    return json;
}
} // namespace

double spokenSeconds (std::int64_t samples)
{
    return static_cast<double> (samples) / static_cast<double> (modelSampleRateHz);
}

void BatchReport::count (LineOutcome::State state, bool isFault, double seconds)
{
    said += isFault ? 0 : 1;
    storedCount += state == State::Stored ? 1 : 0;
    failedCount += state == State::Failed ? 1 : 0;
    if (state != State::Rendered)
        return;
    ++renderedCount;
    spoken += seconds;
}

void BatchReport::ended (const FarmLine& line, const LineOutcome& outcome)
{
    const bool isFault = outcome.isFault && outcome.state == State::Left;
    count (outcome.state, isFault, outcome.take ? spokenSeconds (outcome.take->audio.samples) : 0.0);
    auto json = named (line, nameOf (outcome.state));
    if (outcome.take)
        add (json, *outcome.take);
    else
        json["reason"] = outcome.reason;
    if (isFault)
        json["fault"] = true;
    if (outcome.ms > 0.0)
        json["render_ms"] = outcome.ms;
    write (json);
}

void BatchReport::pass (const Json& line)
{
    const auto name = std::find (stateNames.begin(), stateNames.end(), line.value ("state", ""));
    if (name != stateNames.end())
        count (static_cast<State> (name - stateNames.begin()), line.value ("fault", false),
               line.value ("seconds", 0.0));
    write (line);
}

void BatchReport::heard (const FarmLine& line)
{
    count (State::Stored, false, 0.0);
    auto json = named (line, nameOf (State::Stored));
    json["hash"] = line.heardAudio;
    json["samples"] = line.heardLength.value;
    json["seconds"] = spokenSeconds (line.heardLength.value);
    write (json);
}

int BatchReport::end (const Run& run, int other)
{
    const auto all = std::max (lines, said);
    const auto leftCount = all - storedCount - renderedCount - failedCount;
    const int code = other != exitOk   ? other
                     : leftCount > 0   ? exitTryAgain
                     : failedCount > 0 ? exitRefused
                                       : exitOk;
    write ({ { "chunk", chunk },
             { "lines", all },
             { "rendered", renderedCount },
             { "stored", storedCount },
             { "failed", failedCount },
             { "left", leftCount },
             { "seconds", spoken },
             { "wall_ms", run.wallMs },
             { "hand_out_ms", run.handOutMs ? Json (*run.handOutMs) : Json() },
             { "fingerprint", run.fingerprint },
             { "exit_code", code } });
    return code;
}

/** At once, and as a whole: several workers may share the stream. */
void BatchReport::write (const Json& json)
{
    out << json.dump (-1, ' ', false, Json::error_handler_t::replace) + '\n' << std::flush;
}
} // namespace tableread::engine
