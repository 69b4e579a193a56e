// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "EngineLink/Operation/ModelMessages.h"
#include "Support/FakeEngine.h"

namespace tableread::test
{
/** The one model of a FakeEngine, "tones", on a GPU that does not exist: 28 layers of 100 MB. Any thread. */
class FakeModels
{
public:
    struct Answer
    {
        int status = 200;
        std::string body; // empty: the connection is cut
    };

    explicit FakeModels (const FakeFaults& problems) : faults (problems) {}

    /** Answers what concerns models; blocks while one is loaded. isEnding: the engine is. */
    std::optional<Answer> answer (const std::string& path, const std::string& body,
                                  const std::function<bool()>& isEnding)
    {
        if (path == protocol::modelsPath)
            return Answer { .body = list() };
        if (path == protocol::versionPath)
            return Answer { .body = R"({"version":"0.1.0","protocol":1,"gpu":"Fake GPU","driver":"590.1"})" };
        if (path == protocol::metricsPath)
            return Answer { .body = metrics };
        using Action = protocol::ModelAction;
        if (path == protocol::pathOf (Action::Plan, "tones") ||
            path == protocol::pathOf (Action::Plan, "tableread"))
            return change (body, "", isEnding);
        if (path == protocol::pathOf (Action::Load, "tones") ||
            path == protocol::pathOf (Action::Load, "tableread"))
            return change (body, "loaded", isEnding);
        if (path == protocol::pathOf (Action::Unload, "tones") ||
            path == protocol::pathOf (Action::Unload, "tableread"))
            return change ({}, "unloaded", isEnding);
        return {};
    }

    bool isLoading() const
    {
        const std::lock_guard lock (mutex);
        return state == "loading";
    }

    /** The bodies of all loads and plans that came. */
    std::vector<std::string> asked() const
    {
        const std::lock_guard lock (mutex);
        return bodies;
    }

private:
    using Json = nlohmann::json;

    Json model (const std::string& stateNow, std::int64_t gpuLayers, const std::string& weights) const
    {
        constexpr std::int64_t layer = 100'000'000, others = 900'000'000;
        const auto resident = gpuLayers * layer;
        return { { "id", "tones" },
                 { "object", "model" },
                 { "tableread",
                   { { "state", stateNow },
                     { "dtype", "bf16" },
                     { "weights", weights },
                     { "device", "Fake GPU" },
                     { "parameters", 1'500'000'000 },
                     { "seats", faults.seats },
                     { "notes", Json::array() },
                     { "offload",
                       { { "layers", 28 },
                         { "gpu_layers", gpuLayers },
                         { "prefetch", 1 },
                         { "pin_memory", true },
                         { "cache_trim_interval", 50 },
                         { "trim", "useful" },
                         { "weights", weights },
                         { "context", 4096 },
                         { "passages", faults.seats },
                         { "chosen_by", "gpu_layers " + std::to_string (gpuLayers) } } },
                     { "memory",
                       { { "host_bytes", (28 - gpuLayers) * layer },
                         { "device_bytes",
                           { { "other_weights", others },
                             { "resident", resident },
                             { "slots", 200'000'000 },
                             { "sum", others + resident + 200'000'000 },
                             { "planned_peak", others + resident + 700'000'000 },
                             { "free", 3'000'000'000 },
                             { "reserve", 268'435'456 } } } } } } } };
    }

    std::string list() const
    {
        const std::lock_guard lock (mutex);
        auto alias = model (state, layers, "as computed");
        alias["id"] = "tts-1";
        alias["tableread"]["alias_of"] = "tones";
        return Json {
            { "object", "list" }, { "data", { model (state, layers, "as computed"), alias } }
        }.dump();
    }

    /** newState is empty for a plan. */
    Answer change (const std::string& body, const std::string& newState,
                   const std::function<bool()>& isEnding)
    {
        using namespace std::chrono;
        const auto json = body.empty() ? Json::object() : Json::parse (body);
        constexpr std::int64_t mostThatFit = 18, ofPreset = 4, automatic = 16;
        const auto otherwise = json.contains ("no_offload") ? 28
                               : json.contains ("preset")   ? ofPreset
                                                            : automatic;
        const auto wanted = json.value ("gpu_layers", otherwise);
        const bool isPlan = newState.empty();
        {
            const std::lock_guard lock (mutex);
            if (newState != "unloaded")
                bodies.push_back (body);
            if (! isPlan)
                state = newState == "loaded" ? "loading" : newState;
        }
        const auto begun = steady_clock::now();
        while (newState == "loaded" && steady_clock::now() - begun < milliseconds (faults.reloadMs) &&
               ! isEnding())
            std::this_thread::sleep_for (milliseconds (1));
        if (newState == "loaded" && faults.diesLoading)
            std::raise (SIGKILL);
        const std::lock_guard lock (mutex);
        if (isEnding())
            return { .body = {} };
        if (wanted > mostThatFit && newState != "unloaded")
        {
            if (! isPlan)
                state = "failed";
            return { 507,
                     protocol::toJson (Error { ErrorCode::OutOfMemory,
                                               std::to_string (wanted) +
                                                   " layers need 3.7 GB on Fake GPU, 3.0 GB are free. Lower "
                                                   "gpu_layers to 18, or use weights int8.",
                                               {} }) };
        }
        if (! isPlan)
            state = newState;
        if (newState == "loaded")
            layers = wanted;
        auto now = model (isPlan ? "loaded" : state, newState == "unloaded" ? layers : wanted,
                          json.value ("weights", std::string ("as computed")));
        if (isPlan)
            now["tableread"].erase ("state");
        now["tableread"]["changed"] = true;
        now["tableread"]["seconds"] = 0.5;
        return { .body = now.dump() };
    }

    // 100 frames of 40 ms, 4 requests with 0.5 s of work a second of speech and 250 ms to the first frame.
    static constexpr const char* metrics = R"(# HELP tableread_seats Seats.
tableread_inter_frame_latency_seconds_bucket{model_name="tones",le="0.05"} 100
tableread_inter_frame_latency_seconds_count{model_name="tones"} 100
tableread_inter_frame_latency_seconds_sum{model_name="tones"} 4
tableread_audio_rtf_count{model_name="tones"} 4
tableread_audio_rtf_sum{model_name="tones"} 2
tableread_time_to_first_audio_seconds_count{model_name="tones"} 4
tableread_time_to_first_audio_seconds_sum{model_name="tones"} 1
tableread_num_requests_running{model_name="tones"} 1
tableread_num_requests_waiting{model_name="tones"} 2
tableread_gpu_memory_bytes{worker="0",device="Fake \"GPU\"",kind="total"} 1e10
tableread_gpu_memory_bytes{worker="0",device="Fake \"GPU\"",kind="free"} 3000000000
tableread_gpu_memory_bytes{worker="0",device="Fake \"GPU\"",kind="used"} 2100000000
tableread_process_resident_memory_bytes 3.5e+09
)";

    const FakeFaults& faults;
    mutable std::mutex mutex;
    std::string state = "loaded";
    std::int64_t layers = 8;
    std::vector<std::string> bodies;
};
} // namespace tableread::test
