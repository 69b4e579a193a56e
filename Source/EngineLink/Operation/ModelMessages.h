// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "EngineLink/Protocol.h"

/** What the protocol says of models: which there are, what they take, how one is loaded (Protocol.md, Models). */
namespace tableread::protocol
{
inline constexpr const char* modelsPath = "/v1/models";
inline constexpr const char* versionPath = "/version";
inline constexpr const char* metricsPath = "/metrics";

/** What is asked of a model; its last word in the path. */
enum class ModelAction
{
    Plan, // what a loading would keep where
    Load,
    Unload
};

/** "/v1/tableread/models/big/load". An id of any characters. */
std::string pathOf (ModelAction action, std::string_view model);

/** How a model is to be loaded. What is empty is as the engine was started with. */
struct LoadSettings
{
    std::optional<std::int64_t> gpuLayers {};
    std::string preset {};
    bool automatic = false, noOffload = false; // of these four at most one
    std::string weights {};                    // "bf16", "fp8", "int8"
    std::string vram {};                       // "10GB"
    std::optional<int> prefetch {};
    std::optional<bool> pinMemory {};
    std::optional<std::int64_t> cacheTrimInterval {};
    std::string trim {}; // "useful", "always"
    std::optional<std::int64_t> context {};
    std::optional<int> passages {}; // 0: "auto"

    bool operator== (const LoadSettings&) const = default;
};

/** How a model's memory on a GPU is planned, in bytes. */
struct DeviceMemory
{
    std::int64_t otherWeights = 0, resident = 0, slots = 0, caches = 0, activations = 0, voices = 0;
    std::int64_t sum = 0;         // of these
    std::int64_t plannedPeak = 0; // with the driver's part
    std::int64_t free = 0, reserve = 0;

    bool operator== (const DeviceMemory&) const = default;
};

/** A served model, or what a loading of it would be. */
struct Model
{
    std::string id;
    std::string aliasOf {}; // the model that this is another name of; empty: none
    std::string state {};   // "loaded", "loading", "unloading", "unloaded", "failed"; empty in a plan
    std::string failure {}; // why it could not be loaded
    std::string device {}, dtype {}, weights {}, fingerprint {};
    std::int64_t parameters = 0;
    int seats = 0;
    std::optional<OffloadState> offload {}; // empty on a CPU
    std::int64_t hostBytes = 0; // that it takes of the machine's memory; in a plan: its layers there
    std::optional<DeviceMemory> memory {}; // empty on a CPU
    std::vector<std::string> notes {};
    bool changed = false; // in the answer to a change: false if it was so already
    double seconds = 0;   // that the change took

    bool operator== (const Model&) const = default;
};

/** The body of a load or a plan. */
std::string toJson (const LoadSettings& settings);

/** Reads one model, from the answer to GET, load, unload or plan. */
[[nodiscard]] Result<Model> parseModel (std::string_view json);

/** Reads the list, without other names of models. */
[[nodiscard]] Result<std::vector<Model>> parseModels (std::string_view json);

/** What the engine says of its version, and of the driver that it has found; empty: none. */
struct EngineVersion
{
    std::string version, gpu {}, driver {};

    bool operator== (const EngineVersion&) const = default;
};

[[nodiscard]] Result<EngineVersion> parseVersion (std::string_view json);
} // namespace tableread::protocol
