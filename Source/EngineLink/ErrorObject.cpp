// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/Protocol.h"

#include <array>

#include <nlohmann/json.hpp>

#include "Core/JsonFields.h"

namespace tableread::protocol
{
namespace
{
using Json = nlohmann::json;

struct CodeName
{
    ErrorCode code;
    const char* name;
    int status;
};

constexpr std::array codeNames {
    CodeName { ErrorCode::InvalidInput, "invalid_input", 400 },
    CodeName { ErrorCode::NotFound, "not_found", 404 },
    CodeName { ErrorCode::OutOfRange, "out_of_range", 400 },
    CodeName { ErrorCode::OutOfMemory, "out_of_memory", 507 },
    CodeName { ErrorCode::Unsupported, "unsupported", 422 },
    CodeName { ErrorCode::Io, "io", 500 },
    CodeName { ErrorCode::Busy, "busy", 503 },
    CodeName { ErrorCode::Unloaded, "model_unloaded", 503 },
    CodeName { ErrorCode::Conflict, "conflict", 409 },
    CodeName { ErrorCode::Cancelled, "cancelled", 503 }, // by the engine, which stops
    CodeName { ErrorCode::Internal, "internal", 500 },
};

/** What has more in it than an answer of ours takes neither time nor memory. */
Json parsedOr (std::string_view body, Json otherwise)
{
    try
    {
        return body.size() > maxBodyBytes ? otherwise : parseJson (body, "the answer");
    }
    catch (const Exception&)
    {
        return otherwise;
    }
}

const CodeName& named (ErrorCode code)
{
    for (const auto& entry : codeNames)
        if (entry.code == code)
            return entry;
    return codeNames.back();
}

/** What HTTP alone knows has a code of its own, OpenAI's where it has one. */
const char* codeOf (const Error& error, int status)
{
    return status == 401 ? "invalid_api_key" : status == 403 ? "forbidden" : named (error.code).name;
}
} // namespace

std::string toJson (const Error& error)
{
    return toJson (error, httpStatus (error.code));
}

std::string toJson (const Error& error, int status)
{
    const Json json = { { "error",
                          { { "message", error.message },
                            { "type", status < 500 ? "invalid_request_error" : "server_error" },
                            { "param", error.where.empty() ? Json (nullptr) : Json (error.where) },
                            { "code", codeOf (error, status) } } } };
    return json.dump (-1, ' ', false, Json::error_handler_t::replace);
}

Error parseError (int status, std::string_view body)
{
    Error error { ErrorCode::Internal, {}, {} };
    for (const auto& entry : codeNames)
        if (entry.status == status)
        {
            error.code = entry.code;
            break;
        }
    const auto json = parsedOr (body, Json());
    if (json.is_object() && json.contains ("error") && json["error"].is_object())
    {
        const auto& object = json["error"];
        const auto field = [&] (const char* name) {
            const auto found = object.find (name);
            return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
        };
        error.message = field ("message");
        error.where = field ("param");
        for (const auto& entry : codeNames)
            if (field ("code") == entry.name)
                error.code = entry.code;
    }
    if (error.message.empty())
    {
        constexpr std::size_t quoted = 200;
        error.message = "the engine answered " + std::to_string (status) + " with " +
                        Json (std::string (body.substr (0, quoted)))
                            .dump (-1, ' ', true, Json::error_handler_t::replace) +
                        (body.size() > quoted ? "…" : "");
    }
    return error;
}

const char* nameOf (ErrorCode code)
{
    return named (code).name;
}

int httpStatus (ErrorCode code)
{
    return named (code).status;
}
} // namespace tableread::protocol
