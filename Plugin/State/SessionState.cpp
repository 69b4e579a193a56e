// SPDX-License-Identifier: GPL-3.0-or-later
#include "State/SessionState.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace tableread::plugin
{
namespace
{
using Json = nlohmann::json;

constexpr const char* versionKey = "tableread_state";
constexpr std::size_t maxBytes = 16u << 20;

tl::unexpected<Error> unreadable (const std::string& why)
{
    return tl::unexpected (Error { ErrorCode::InvalidInput, "the saved state cannot be read: " + why, {} });
}

/** A field that is missing or has another type keeps its default: a session opens with what can be read. */
template <typename T>
void read (const Json& object, const char* name, T& value)
{
    const auto field = object.find (name);
    if (field == object.end())
        return;
    if constexpr (std::is_same_v<T, std::string>)
        value = field->is_string() ? field->get<std::string>() : value;
    else if constexpr (std::is_same_v<T, bool>)
        value = field->is_boolean() ? field->get<bool>() : value;
    else if constexpr (std::is_same_v<T, std::uint64_t>)
        value = field->is_number_unsigned() ? field->get<std::uint64_t>() : value;
    else
        value = field->is_number() ? (T) std::clamp (field->get<double>(), -1e6, 1e6) : value;
}

CastMember readMember (const Json& entry)
{
    CastMember member;
    std::string path;
    read (entry, "speaker", member.speaker);
    read (entry, "voice", member.voice.name);
    read (entry, "path", path);
    member.voice.path = path;
    return member;
}
} // namespace

std::string toText (const SessionState& state)
{
    Json cast = Json::array();
    for (const auto& member : state.cast)
        cast.push_back ({ { "speaker", member.speaker },
                          { "voice", member.voice.name },
                          { "path", member.voice.path.string() } });
    Json json = {
        { versionKey, stateVersion },    { "script", state.script }, { "cast", cast },
        { "seed", state.seed },          { "steps", state.steps },   { "engine", state.engine.string() },
        { "rendered", state.isRendered }
    };
    if (state.guidanceScale)
        json["cfg_scale"] = *state.guidanceScale;
    return json.dump (1, ' ', false, Json::error_handler_t::replace);
}

Result<SessionState> parseState (std::string_view text)
{
    if (text.size() > maxBytes)
        return unreadable ("it has " + std::to_string (text.size()) + " bytes, at most " +
                           std::to_string (maxBytes) + " are possible");
    const auto json = Json::parse (text, nullptr, false);
    const auto version = json.is_object() ? json.find (versionKey) : json.end();
    if (version == json.end() || ! version->is_number_unsigned())
        return unreadable ("it is not one of TableRead's");
    if (version->get<std::uint64_t>() > stateVersion)
        return tl::unexpected (Error { ErrorCode::Unsupported,
                                       "this session was saved by a newer TableRead (state " +
                                           version->dump() + ", this one reads up to " +
                                           std::to_string (stateVersion) +
                                           "). It is kept as it is. Install the newer version to open it.",
                                       {} });

    SessionState state;
    read (json, "script", state.script);
    read (json, "seed", state.seed);
    read (json, "cfg_scale", state.guidanceScale);
    read (json, "steps", state.steps);
    read (json, "rendered", state.isRendered);
    if (state.guidanceScale)
        state.guidanceScale = std::clamp (*state.guidanceScale, 0.0f, 100.0f);
    state.steps = std::clamp (state.steps, 1, 1000);
    std::string engine;
    read (json, "engine", engine);
    state.engine = engine;
    if (const auto cast = json.find ("cast"); cast != json.end() && cast->is_array())
        for (const auto& entry : *cast)
            if (entry.is_object())
                state.cast.push_back (readMember (entry));
    return state;
}
} // namespace tableread::plugin
