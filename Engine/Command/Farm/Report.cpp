// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Report.h"

#include <array>
#include <ostream>

#include <nlohmann/json.hpp>

#include "Core/ExitCodes.h"
#include "Core/Units.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;

double spokenSeconds (std::int64_t samples)
{
    return static_cast<double> (samples) / static_cast<double> (modelSampleRateHz);
}

const char* nameOf (LineOutcome::State state)
{
    constexpr std::array names { "stored", "rendered", "failed", "left" };
    return names[static_cast<std::size_t> (state)];
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

Json named (const FarmLine& line, const char* state)
{
    return { { "line", line.number }, { "title", line.wanted.title }, { "state", state } };
}
} // namespace

void BatchReport::ended (const FarmLine& line, const LineOutcome& outcome)
{
    using State = LineOutcome::State;
    switch (outcome.state)
    {
        case State::Stored:
            ++storedCount;
            break;
        case State::Rendered:
            ++renderedCount;
            seconds += spokenSeconds (outcome.take->audio.samples);
            break;
        case State::Failed:
            ++failedCount;
            break;
        case State::Left:
            break;
    }
    auto json = named (line, nameOf (outcome.state));
    if (outcome.take)
        add (json, *outcome.take);
    else
        json["reason"] = outcome.reason;
    if (outcome.ms > 0.0)
        json["render_ms"] = outcome.ms;
    write (json);
}

void BatchReport::heard (const FarmLine& line)
{
    ++storedCount;
    auto json = named (line, "stored");
    json["hash"] = line.heardAudio;
    json["samples"] = line.heardLength.value;
    json["seconds"] = spokenSeconds (line.heardLength.value);
    write (json);
}

int BatchReport::end (const std::string& fingerprint, double wallMs, int signalCode)
{
    const auto leftCount = lines - storedCount - renderedCount - failedCount;
    const int code = signalCode != exitOk ? signalCode
                     : leftCount > 0      ? exitTryAgain
                     : failedCount > 0    ? exitRefused
                                          : exitOk;
    write ({ { "chunk", chunk },
             { "lines", lines },
             { "rendered", renderedCount },
             { "stored", storedCount },
             { "failed", failedCount },
             { "left", leftCount },
             { "seconds", seconds },
             { "wall_ms", wallMs },
             { "fingerprint", fingerprint },
             { "exit_code", code } });
    return code;
}

/** At once, and as a whole: several workers may share the stream. */
void BatchReport::write (const Json& json)
{
    out << json.dump (-1, ' ', false, Json::error_handler_t::replace) + '\n' << std::flush;
}
} // namespace tableread::engine
