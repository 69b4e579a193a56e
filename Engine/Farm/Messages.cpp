// SPDX-License-Identifier: Apache-2.0
#include "Farm/Messages.h"

#include <array>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "Core/ContentHash.h"
#include "Core/JsonFields.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;
using State = LineResult::State;

constexpr int messageFormat = 1;
constexpr std::size_t mostWordBytes = 4096; // of a name or a sentence
constexpr double mostSeconds = 1e6;

constexpr std::array states { std::pair (State::Speaking, "speaking"), std::pair (State::Stored, "stored"),
                              std::pair (State::Left, "left"), std::pair (State::SetAside, "set_aside") };

std::string written (const Json& json)
{
    return json.dump (-1, ' ', false, Json::error_handler_t::replace);
}

void checkFormat (const JsonFields& fields)
{
    const auto format = fields.integer ("format", 0, 0, std::numeric_limits<std::int64_t>::max());
    if (format > messageFormat)
        fail (ErrorCode::Unsupported, "a newer version of tableread-engine has sent it. Update this one.",
              "format");
    if (format == 0)
        fail (ErrorCode::InvalidInput, "is missing", "format");
}

std::int64_t lineNumber (const JsonFields& fields)
{
    return fields.integer ("line", 0, 0, std::numeric_limits<std::int64_t>::max());
}

std::string words (const JsonFields& fields, const char* name)
{
    auto text = fields.text (name);
    if (text.size() > mostWordBytes)
        fail (ErrorCode::OutOfRange, "is too long", name);
    return text;
}

void readLine (const Json& json, LineMessage& message)
{
    const JsonFields fields (json, {});
    checkFormat (fields);
    message.line = lineNumber (fields);
    if (message.line == 0)
        fail (ErrorCode::InvalidInput, "must be 1 or more", "line");
    message.project = words (fields, "project");
    message.title = words (fields, "title");
    message.id = words (fields, "id");
    const auto* request = fields.find ("request");
    if (request == nullptr)
        fail (ErrorCode::InvalidInput, "is missing", "request");
    message.request = orThrow (protocol::parseSpeechRequest (written (*request)));
    if (message.request.lines.empty())
        fail (ErrorCode::InvalidInput, "has no lines", "request");
    for (const auto& spoken : message.request.lines) // a speech request may leave the voice to the server
        if (spoken.speaker < 0 || std::cmp_greater_equal (spoken.speaker, message.request.voices.size()))
            fail (ErrorCode::InvalidInput, "has a line without a voice", "request");
    for (const auto& hash : fields.list ("voice_hashes", protocol::maxVoices))
    {
        if (! hash.is_string() ||
            ! (hash.get<std::string>().empty() || isContentHash (hash.get<std::string>())))
            fail (ErrorCode::InvalidInput, "is no hash", "voice_hashes");
        message.hashes.push_back (hash.get<std::string>());
    }
    if (message.hashes.size() != message.request.voices.size())
        fail (ErrorCode::InvalidInput, "must have one for each voice", "voice_hashes");
}

State stateOf (const std::string& name)
{
    for (const auto& [state, known] : states)
        if (name == known)
            return state;
    fail (ErrorCode::InvalidInput, "must be speaking, stored, left or set_aside", "state");
}

void readResult (const Json& json, LineResult& result)
{
    const JsonFields fields (json, {});
    checkFormat (fields);
    result.state = stateOf (fields.text ("state"));
    result.line = lineNumber (fields);
    result.project = words (fields, "project");
    result.title = words (fields, "title");
    result.node = words (fields, "node");
    result.failures = fields.integer ("failures", 0, 0, std::numeric_limits<std::int64_t>::max() - 1);
    result.reason = words (fields, "reason");
    result.isRendered = fields.flag ("rendered");
    result.seconds = fields.real ("seconds", 0.0, 0.0, mostSeconds);
}
} // namespace

std::string toJson (const LineMessage& message)
{
    return written ({ { "format", messageFormat },
                      { "line", message.line },
                      { "project", message.project },
                      { "title", message.title },
                      { "id", message.id },
                      { "request", Json::parse (protocol::toJson (message.request)) },
                      { "voice_hashes", message.hashes } });
}

Result<LineMessage> parseLineMessage (std::string_view json)
{
    return readJson<LineMessage> (json, "a line from the queue", mostMessageBytes, readLine);
}

const char* nameOf (LineResult::State state)
{
    for (const auto& [known, name] : states)
        if (state == known)
            return name;
    return "";
}

std::string toJson (const LineResult& result)
{
    return written ({ { "format", messageFormat },
                      { "state", nameOf (result.state) },
                      { "line", result.line },
                      { "project", result.project },
                      { "title", result.title },
                      { "node", result.node },
                      { "failures", result.failures },
                      { "reason", result.reason },
                      { "rendered", result.isRendered },
                      { "seconds", result.seconds } });
}

Result<LineResult> parseLineResult (std::string_view json)
{
    return readJson<LineResult> (json, "a line's state from the queue", mostMessageBytes, readResult);
}
} // namespace tableread::engine
