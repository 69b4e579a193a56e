// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/Events.h"

#include <nlohmann/json.hpp>

#include "Core/Base64.h"
#include "Server/ErrorAnswers.h"
#include "Server/Jobs/Json.h"

namespace tableread::engine::events
{
namespace
{
using Json = nlohmann::json;

std::string event (const std::string& type, Json data)
{
    data["type"] = type;
    return "event: " + type + "\ndata: " + data.dump (-1, ' ', false, Json::error_handler_t::replace) +
           "\n\n";
}
} // namespace

std::string progress (const std::string& job, const JobProgress::State& state, double seconds)
{
    Json data = { { "job", job }, { "state", nameOf (state.phase) } };
    if (state.phase == JobProgress::Phase::Queued)
        data["place"] = state.place;
    else
        data.update ({ { "frames", state.frames }, { "seconds", seconds } });
    return event ("speech.progress", std::move (data));
}

std::string delta (std::string_view bytes)
{
    return event ("speech.audio.delta", { { "audio", toBase64 (bytes) } });
}

std::string line (const LineMarks::Mark& mark)
{
    return event (mark.isStart ? "speech.line.start" : "speech.line.end",
                  { { "line", mark.line }, { "sample", mark.sample }, { "estimated", mark.isEstimated } });
}

std::string last (const protocol::SpeechEnd& end, const JobProgress::State& state)
{
    Json data = { { "job", end.job },
                  { "finish_reason", protocol::nameOf (end.reason) },
                  { "fingerprint", end.fingerprint },
                  { "usage", usageOf (state) } };
    if (! state.end || ! state.end->error)
        return event ("speech.audio.done", std::move (data));
    const auto& error = *state.end->error;
    data.update (Json::parse (protocol::toJson (error)));
    return event ("speech.audio.error", std::move (data));
}
} // namespace tableread::engine::events
