// SPDX-License-Identifier: Apache-2.0
#include "Take/Store/Request.h"

#include <limits>
#include <span>

#include <nlohmann/json.hpp>

#include "Core/ContentHash.h"
#include "Core/JsonFields.h"
#include "Script/Text.h"

namespace tableread
{
namespace
{
using Json = nlohmann::json;

constexpr std::size_t mostLines = 4096, mostVoices = 64, mostNameBytes = 256,
                      mostTextBytes = std::size_t { 4 } << 20;
constexpr float mostGuidance = 100.0f;
constexpr int mostSteps = 10'000;

Result<void> refused (ErrorCode code, std::string why, std::string where)
{
    return tl::make_unexpected (Error { code, std::move (why), std::move (where) });
}

bool isName (const std::string& text)
{
    return text.size() <= mostNameBytes && decodeUtf8 (text);
}
} // namespace

std::string TakeRequest::key() const
{
    const auto canonical = toJson (*this).dump (-1, ' ', false, Json::error_handler_t::replace);
    return hashOfBytes (std::as_bytes (std::span (canonical)));
}

Result<void> TakeRequest::check() const
{
    std::size_t bytes = 0;
    for (const auto& line : lines)
    {
        bytes += line.text.size();
        if (line.speaker < 0 || static_cast<std::size_t> (line.speaker) >= voices.size())
            return refused (ErrorCode::OutOfRange, "a line's speaker has no voice", "lines");
        if (bytes > mostTextBytes || ! decodeUtf8 (line.text))
            return refused (ErrorCode::InvalidInput, "a text is too long, or not UTF-8", "lines");
    }
    if (lines.empty() || lines.size() > mostLines || voices.size() > mostVoices)
        return refused (ErrorCode::OutOfRange, "there are no lines, or too many lines or voices", "lines");
    for (const auto& voice : voices)
        if (! isName (voice))
            return refused (ErrorCode::InvalidInput, "this is no voice's hash", "voices");
    if (fingerprint.empty() || ! isName (fingerprint))
        return refused (ErrorCode::InvalidInput, "this is no engine's fingerprint", "fingerprint");
    if (guidanceScale && ! (*guidanceScale >= 0.0f && *guidanceScale <= mostGuidance))
        return refused (ErrorCode::OutOfRange, "it must be 0 to 100", "cfg_scale");
    if (steps < 1 || steps > mostSteps)
        return refused (ErrorCode::OutOfRange, "it must be 1 to " + std::to_string (mostSteps), "steps");
    return {};
}

Json toJson (const TakeRequest& request)
{
    Json lines = Json::array();
    for (const auto& line : request.lines)
        lines.push_back ({ { "speaker", line.speaker }, { "text", line.text } });
    return { { "cfg_scale", request.guidanceScale ? Json (*request.guidanceScale) : Json() },
             { "fingerprint", request.fingerprint },
             { "lines", std::move (lines) },
             { "seed", request.seed },
             { "steps", request.steps },
             { "voices", request.voices } };
}

TakeRequest takeRequestOf (const Json& json)
{
    const JsonFields fields (json, "request.");
    TakeRequest request;
    for (const auto& item : fields.list ("lines", mostLines))
    {
        const JsonFields line (item, "request.lines.");
        request.lines.push_back (
            { static_cast<int> (line.integer ("speaker", 0, 0, mostVoices)), line.text ("text") });
    }
    for (const auto& voice : fields.list ("voices", mostVoices))
    {
        if (! voice.is_string())
            fail (ErrorCode::InvalidInput, "a text is expected here", "request.voices");
        request.voices.push_back (voice.get<std::string>());
    }
    request.seed = fields.seed ("seed");
    if (fields.find ("cfg_scale") != nullptr)
        request.guidanceScale = fields.number ("cfg_scale", 0, 0, mostGuidance);
    request.steps = static_cast<int> (fields.integer ("steps", 0, 0, std::numeric_limits<int>::max()));
    request.fingerprint = fields.text ("fingerprint");
    orThrow (request.check());
    return request;
}
} // namespace tableread
