// SPDX-License-Identifier: Apache-2.0
#include "Bench/LoadSettings.h"

#include <nlohmann/json.hpp>

namespace tableread::test
{
std::string bodyOf (const LoadSettings& settings, const SpokenText& line, int client)
{
    nlohmann::json extension = {
        { "seed", settings.seed },
        { "format", settings.format == protocol::SampleFormat::Float32 ? "f32" : "s16" },
    };
    if (settings.clientNames)
        extension["client"] = *settings.clientNames + std::to_string (client);
    if (settings.dueMs)
        extension["due_ms"] = *settings.dueMs;
    nlohmann::json body = { { "model", "tableread" }, { "input", line.text }, { "response_format", "pcm" } };
    if (! line.voice.path.empty())
        extension["voices"] = { { { "name", line.voice.name }, { "path", line.voice.path.string() } } };
    else if (! line.voice.name.empty())
        body["voice"] = line.voice.name;
    body["tableread"] = std::move (extension);
    return body.dump (-1, ' ', false, nlohmann::json::error_handler_t::replace);
}
} // namespace tableread::test
