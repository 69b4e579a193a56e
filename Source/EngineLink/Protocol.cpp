// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/Protocol.h"

#include <array>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "Core/JsonFields.h"
#include "EngineLink/ReadOffload.h"

namespace tableread::protocol
{
namespace
{
using Json = nlohmann::json;

constexpr std::array finishReasons { std::pair { FinishReason::Stop, "stop" },
                                     std::pair { FinishReason::Length, "length" },
                                     std::pair { FinishReason::Cancelled, "cancelled" },
                                     std::pair { FinishReason::Error, "error" } };

/** Of another protocol, where a field may mean something else: what tells who answers. */
void readForeign (const JsonFields& fields, Health& health)
{
    if (const auto* const number = fields.find ("version"); number != nullptr && number->is_string())
        health.engineVersion = number->get<std::string>();
    if (const auto* const busy = fields.find ("busy"); busy != nullptr && busy->is_boolean())
        health.busy = busy->get<bool>();
}
} // namespace

OffloadState readOffload (const Json& json, const char* prefix)
{
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    constexpr auto mostInt = std::numeric_limits<int>::max();
    const JsonFields fields (json, prefix);
    OffloadState state;
    state.layers = fields.integer ("layers", 0, 0, most);
    state.gpuLayers = fields.integer ("gpu_layers", 0, 0, most);
    state.prefetch = static_cast<int> (fields.integer ("prefetch", 1, 0, mostInt));
    state.pinMemory = fields.flag ("pin_memory");
    state.cacheTrimInterval = fields.integer ("cache_trim_interval", 50, 0, most);
    state.weights = fields.text ("weights");
    state.chosenBy = fields.text ("chosen_by");
    return state;
}

std::string toJson (const Health& health)
{
    Json json = { { "status", health.status },
                  { "version", health.engineVersion },
                  { "protocol", health.protocol },
                  { "model", health.model },
                  { "fingerprint", health.fingerprint },
                  { "sample_rate", health.sampleRateHz },
                  { "frame_samples", health.frameSamples },
                  { "busy", health.busy },
                  { "seats", health.seats },
                  { "speaking", health.speaking },
                  { "waiting", health.waiting },
                  { "models", health.models },
                  { "voices", health.voices } };
    if (health.loadingBytes > 0)
        json["loading_bytes"] = health.loadingBytes;
    if (health.loading)
        json["loading"] = *health.loading;
    if (const auto& offload = health.offload)
        json["offload"] = { { "layers", offload->layers },
                            { "gpu_layers", offload->gpuLayers },
                            { "prefetch", offload->prefetch },
                            { "pin_memory", offload->pinMemory },
                            { "cache_trim_interval", offload->cacheTrimInterval },
                            { "weights", offload->weights },
                            { "chosen_by", offload->chosenBy } };
    return json.dump (-1, ' ', false, Json::error_handler_t::replace);
}

Result<Health> parseHealth (std::string_view text)
{
    return readJson<Health> (
        text, "the engine's health", maxBodyBytes, [] (const Json& json, Health& health) {
            const JsonFields fields (json, {});
            health.protocol = (int) fields.integer ("protocol", 0, 0, std::numeric_limits<int>::max());
            if (health.protocol != 0 && health.protocol != version)
                return readForeign (fields, health);
            health.status = fields.text ("status", {});
            health.loadingBytes =
                fields.integer ("loading_bytes", 0, 0, std::numeric_limits<std::int64_t>::max());
            if (fields.find ("loading") != nullptr)
                health.loading = fields.number ("loading", 0, 0, 1);
            health.engineVersion = fields.text ("version");
            health.model = fields.text ("model");
            health.fingerprint = fields.text ("fingerprint");
            health.sampleRateHz = fields.integer ("sample_rate", 24'000, 1, 1'000'000);
            health.frameSamples = fields.integer ("frame_samples", 3200, 1, 1'000'000);
            health.busy = fields.flag ("busy");
            health.seats = (int) fields.integer ("seats", 1, 1, 65'536);
            health.speaking = fields.integer ("speaking", 0, 0, 1'000'000);
            health.waiting = fields.integer ("waiting", 0, 0, 1'000'000);
            for (const auto& model : fields.list ("models", 4096))
                if (model.is_string())
                    health.models.push_back (model.get<std::string>());
            for (const auto& voice : fields.list ("voices", 4096))
                if (voice.is_string())
                    health.voices.push_back (voice.get<std::string>());
            if (const auto* offload = fields.find ("offload"))
                health.offload = readOffload (*offload, "offload.");
        });
}

Result<JobStatus> parseJobStatus (std::string_view text)
{
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return readJson<JobStatus> (text, "what the engine says of a job", maxBodyBytes,
                                [] (const Json& json, JobStatus& job) {
                                    const JsonFields fields (json, {});
                                    job.state = fields.text ("state");
                                    job.place = fields.integer ("place", 0, 0, most);
                                    job.frames = fields.integer ("frames", 0, 0, most);
                                });
}

std::string dueChange (std::optional<double> dueMs)
{
    return Json { { "due_ms", dueMs ? Json (*dueMs) : Json (nullptr) } }.dump();
}

const char* nameOf (FinishReason reason)
{
    for (const auto& [value, name] : finishReasons)
        if (value == reason)
            return name;
    return "";
}

std::optional<FinishReason> finishReasonOf (std::string_view text)
{
    for (const auto& [value, name] : finishReasons)
        if (text == name)
            return value;
    return {};
}
} // namespace tableread::protocol
