// SPDX-License-Identifier: Apache-2.0
#include "Take/Store/Session.h"

#include <limits>

#include <nlohmann/json.hpp>

#include "Core/ContentHash.h"
#include "Core/JsonFields.h"
#include "Take/Store/Damage.h"

namespace tableread
{
namespace
{
using Json = nlohmann::json;

constexpr int sessionFormat = 1;
constexpr std::int64_t latestSeen = std::int64_t { 1 } << 40; // seconds: 34 000 years

std::vector<std::string> keysIn (const JsonFields& fields, const char* name)
{
    std::vector<std::string> keys;
    for (const auto& item : fields.list (name, TakeSession::mostTakes))
    {
        const auto* key = item.get_ptr<const std::string*>();
        if (key == nullptr || ! isContentHash (*key))
            fail (ErrorCode::InvalidInput, "something in it is neither a take's key nor a hash of samples",
                  name);
        keys.push_back (*key);
    }
    return keys;
}

void readSession (const Json& json, TakeSession& session)
{
    const JsonFields fields (json, {});
    const auto format = fields.integer ("format", 0, 0, std::numeric_limits<std::int64_t>::max());
    if (format > sessionFormat)
        fail (ErrorCode::Unsupported, "a newer version has written it", "format");
    session.id = fields.text ("id");
    if (format == 0 || ! isSessionId (session.id))
        fail (ErrorCode::InvalidInput, "is missing, or cannot be used", format == 0 ? "format" : "id");
    session.takes = keysIn (fields, "takes");
    session.pinned = keysIn (fields, "pinned");
    session.seen =
        std::chrono::sys_seconds (std::chrono::seconds (fields.integer ("seen", 0, 0, latestSeen)));
}
} // namespace

bool isSessionId (std::string_view text)
{
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    constexpr std::size_t longest = 64;
    return ! text.empty() && text.size() <= longest &&
           text.find_first_not_of (allowed) == std::string_view::npos;
}

std::string toJson (const TakeSession& session)
{
    const Json json = { { "format", sessionFormat },
                        { "id", session.id },
                        { "seen", session.seen.time_since_epoch().count() },
                        { "takes", session.takes },
                        { "pinned", session.pinned } };
    return json.dump (2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<TakeSession> parseTakeSession (std::string_view json)
{
    return readJson<TakeSession> (json, "a session's list of takes", mostSessionBytes, readSession)
        .map_error (asDamage);
}
} // namespace tableread
