// SPDX-License-Identifier: Apache-2.0
#include "Take/Store/Record.h"

#include <limits>

#include <nlohmann/json.hpp>

#include "Core/ContentHash.h"
#include "Core/JsonFields.h"
#include "Core/Units.h"
#include "Take/Store/Damage.h"

namespace tableread
{
namespace
{
using Json = nlohmann::json;

constexpr int recordFormat = 1;

Take::Ending endingOf (const std::string& name)
{
    if (name != "stop" && name != "length")
        fail (ErrorCode::InvalidInput, "must be stop or length", "finish");
    return name == "stop" ? Take::Ending::Whole : Take::Ending::CutOff;
}

TakeRequest requestIn (const JsonFields& fields)
{
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const auto format = fields.integer ("format", 0, 0, most);
    if (format > recordFormat)
        fail (ErrorCode::Unsupported, "a newer version has written it", "format");
    const auto* request = fields.find ("request");
    if (format == 0 || request == nullptr)
        fail (ErrorCode::InvalidInput, "is missing", format == 0 ? "format" : "request");
    return takeRequestOf (*request);
}

void readFailure (const Json& json, TakeFailure& failure)
{
    const JsonFields fields (json, {});
    failure.request = requestIn (fields);
    failure.reason = fields.text ("reason");
}

void readRecord (const Json& json, TakeRecord& record)
{
    const JsonFields fields (json, {});
    record.request = requestIn (fields);
    record.ending = endingOf (fields.text ("finish"));
    record.audio.samples = fields.integer ("samples", -1, 0, AudioObject::mostSamples);
    record.audio.hash = fields.text ("hash");
    record.audio.form = orThrow (audioFormOf (fields.text ("audio")));
    if (! isContentHash (record.audio.hash) || record.audio.samples < 0)
        fail (ErrorCode::InvalidInput, "is not a hash, or the number of samples is missing", "hash");
}
} // namespace

std::string toJson (const TakeRecord& record)
{
    const Json json = { { "format", recordFormat },
                        { "request", toJson (record.request) },
                        { "finish", record.ending == Take::Ending::Whole ? "stop" : "length" },
                        { "sample_rate", modelSampleRateHz },
                        { "samples", record.audio.samples },
                        { "hash", record.audio.hash },
                        { "audio", nameOf (record.audio.form) } };
    return json.dump (2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<TakeRecord> parseTakeRecord (std::string_view json)
{
    return readJson<TakeRecord> (json, "the record of a take", mostTakeRecordBytes, readRecord)
        .map_error (asDamage);
}

std::string toJson (const TakeFailure& failure)
{
    const Json json = { { "format", recordFormat },
                        { "request", toJson (failure.request) },
                        { "reason", failure.reason } };
    return json.dump (2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<TakeFailure> parseTakeFailure (std::string_view json)
{
    return readJson<TakeFailure> (json, "the record of a take that failed", mostTakeRecordBytes, readFailure)
        .map_error (asDamage);
}
} // namespace tableread
