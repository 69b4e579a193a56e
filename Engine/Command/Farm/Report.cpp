// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Report.h"

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

Json named (const FarmLine& line, const char* state)
{
    return { { "line", line.number }, { "title", line.wanted.title }, { "state", state } };
}
} // namespace

void BatchReport::stored (const FarmLine& line, const TakeRecord& record)
{
    ++storedCount;
    take (line, "stored", record, 0.0);
}

void BatchReport::rendered (const FarmLine& line, const TakeRecord& record, double ms)
{
    ++renderedCount;
    seconds += spokenSeconds (record.audio.samples);
    take (line, "rendered", record, ms);
}

void BatchReport::take (const FarmLine& line, const char* state, const TakeRecord& record, double ms)
{
    auto json = named (line, state);
    json["key"] = record.request.key();
    json["hash"] = record.audio.hash;
    json["audio"] = nameOf (record.audio.form);
    json["samples"] = record.audio.samples;
    json["seconds"] = spokenSeconds (record.audio.samples);
    json["seed"] = record.request.seed;
    if (ms > 0.0)
        json["render_ms"] = ms;
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

void BatchReport::failed (const FarmLine& line, const std::string& why)
{
    ++failedCount;
    auto json = named (line, "failed");
    json["reason"] = why;
    write (json);
}

void BatchReport::left (const FarmLine& line, const std::string& why)
{
    auto json = named (line, "left");
    json["reason"] = why;
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
