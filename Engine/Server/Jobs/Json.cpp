// SPDX-License-Identifier: Apache-2.0
#include "Server/Jobs/Json.h"

#include <nlohmann/json.hpp>

#include "EngineLink/Protocol.h"

namespace tableread::engine
{
using Json = nlohmann::json;

Json usageOf (const JobProgress::State& state)
{
    const auto prompt = state.end ? state.end->promptTokens : 0;
    return { { "input_tokens", prompt },
             { "output_tokens", state.frames },
             { "total_tokens", prompt + state.frames } };
}

Json toJson (const JobRecord& record, JobProgress::Clock::time_point now)
{
    const auto state = record.progress->state();
    Json json = { { "id", record.id },
                  { "object", "tableread.job" },
                  { "created_at", record.createdAt },
                  { "model", record.model },
                  { "client", record.client },
                  { "fingerprint", record.fingerprint },
                  { "state", nameOf (state.phase) },
                  { "frames", state.frames },
                  { "finish_reason", nullptr },
                  { "due_ms", nullptr } };
    if (state.phase == JobProgress::Phase::Queued)
        json["place"] = state.place;
    if (record.due && ! state.end)
        json["due_ms"] = std::chrono::duration<double, std::milli> (*record.due - now).count();
    if (! state.end)
        return json;
    json["finish_reason"] = protocol::nameOf (state.end->reason);
    json["usage"] = usageOf (state);
    if (state.end->error)
        json.update (Json::parse (protocol::toJson (*state.end->error)));
    return json;
}
} // namespace tableread::engine
