// SPDX-License-Identifier: Apache-2.0
#include "Server/Models/Json.h"

#include <nlohmann/json.hpp>

#include "EngineLink/Protocol.h"
#include "Offload/Fields.h"

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;

Json toJson (const OffloadConfig& config)
{
    const auto& settings = config.settings;
    return { { "layers", config.layers },
             { "gpu_layers", config.gpuLayers },
             { "prefetch", settings.prefetch },
             { "pin_memory", settings.pinMemory },
             { "cache_trim_interval", settings.cacheTrimInterval },
             { "trim", settings.trim == TrimPolicy::Always ? "always" : "useful" },
             { "weights", nameOf (settings.weights) },
             { "vram", settings.deviceMemoryLimit > 0 ? Json (settings.deviceMemoryLimit) : Json (nullptr) },
             { "context", settings.positions },
             { "passages", settings.passages },
             { "chosen_by", withNamesOfFields (config.chosenBy) } };
}

/** In bytes. */
Json toJson (const MemoryTable& table, std::int64_t plannedPeak)
{
    return { { "planned_peak", plannedPeak }, { "other_weights", table.otherWeights },
             { "resident", table.resident },  { "slots", table.slots },
             { "caches", table.caches },      { "activations", table.activations },
             { "voices", table.voices },      { "sum", table.peak },
             { "free", table.free },          { "reserve", table.reserve } };
}

Json typesOf (const LoadOptions& settings)
{
    return { { "dtype", settings.compute == ComputeType::BFloat16 ? "bf16" : "fp32" },
             { "weights", nameOf (settings.offload.settings.weights) } };
}

void addInfo (Json& json, const ModelInfo& info)
{
    json["device"] = info.device;
    json["fingerprint"] = info.fingerprint;
    json["parameters"] = info.parameters;
    json["layers"] = info.layers;
    json["sample_rate"] = info.sampleRateHz;
    json["frame_samples"] = info.frameSamples;
    json["max_positions"] = info.maxPositions;
    json["cfg_scale"] = info.guidanceScale;
    json["notes"] = info.notes;
    json["offload"] = info.offload ? toJson (*info.offload) : Json (nullptr);
    if (info.plannedMemory)
        json["memory"]["device_bytes"] = toJson (*info.plannedMemory, info.plannedPeakBytes);
}
} // namespace

const char* nameOf (ModelState state)
{
    switch (state)
    {
        case ModelState::Loading:
            return "loading";
        case ModelState::Loaded:
            return "loaded";
        case ModelState::Unloading:
            return "unloading";
        case ModelState::Unloaded:
            return "unloaded";
        case ModelState::Failed:
            break;
    }
    return "failed";
}

Json toJson (const ServedModel& model, const std::string& id, const ModelStatus& status)
{
    Json ours = typesOf (status.settings ? *status.settings : model.options);
    ours["state"] = nameOf (status.state);
    ours["voices"] = model.voices->names();
    if (id != model.name)
        ours["alias_of"] = model.name;
    if (status.failure)
        ours.update (Json::parse (protocol::toJson (*status.failure)));
    if (status.info)
    {
        ours["seats"] = model.worker->load().seats;
        ours["memory"] = { { "host_bytes", status.hostBytes }, { "device_bytes", nullptr } };
        addInfo (ours, *status.info);
    }
    return { { "id", id },
             { "object", "model" },
             { "created", model.created },
             { "owned_by", "tableread" },
             { "tableread", std::move (ours) } };
}

Json toJson (const ServedModel& model, const std::string& id, const LoadOptions& settings,
             const std::optional<ModelPlan>& plan)
{
    Json ours = typesOf (settings);
    ours["device"] = plan ? plan->room.device : "the CPU";
    ours["offload"] = plan ? toJson (plan->offload) : Json (nullptr);
    ours["memory"] = { { "host_bytes", plan ? Json (plan->hostBytes) : Json (nullptr) },
                       { "device_bytes",
                         plan ? toJson (plan->memory, plan->memory.peak + plan->room.contextBytes)
                              : Json (nullptr) } };
    ours["notes"] = Json::array();
    if (id != model.name)
        ours["alias_of"] = model.name;
    return { { "id", id }, { "object", "model.plan" }, { "tableread", std::move (ours) } };
}
} // namespace tableread::engine
