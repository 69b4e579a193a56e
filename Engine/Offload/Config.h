// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tableread::engine
{
/** The format of the layers' matrices. Everything else is kept in the compute type. */
enum class WeightsFormat
{
    AsComputed, // bf16, or fp32 if the engine computes in that
    Float8,     // e4m3, with a scale for each output
    Int8        // with a scale for each output
};

enum class TrimPolicy
{
    Useful, // a due trim is skipped if there is nothing to return
    Always
};

/** Settings that do not depend on how the number of resident layers was chosen. */
struct OffloadSettings
{
    int prefetch = 1; // slots ahead of the one in use: slots = prefetch + 1
    bool pinMemory = true;
    std::int64_t cacheTrimInterval = 50; // layer transfers between trims; 0: never trims
    TrimPolicy trim = TrimPolicy::Useful;
    WeightsFormat weights = WeightsFormat::AsComputed;
    std::int64_t deviceMemoryLimit = 0; // bytes; 0: none
    std::int64_t positions = 4096;      // of the longest passage to reserve memory for
    int passages = 1;                   // in one batch to reserve memory for; 0: as many as fit, up to 16

    int slots() const { return prefetch + 1; }

    bool operator== (const OffloadSettings&) const = default;
};

/** What a user asks for; settle() in MemoryPlan.h makes it an OffloadConfig once model and device are known. */
struct OffloadRequest
{
    enum class Mode
    {
        Default, // everything resident if it fits, else like Auto
        Layers,  // gpuLayers
        Preset,  // preset
        Auto,    // as many layers as fit
        None     // everything resident, or an error
    };

    Mode mode = Mode::Default;
    std::int64_t gpuLayers = 0;
    std::string preset;
    OffloadSettings settings;

    bool operator== (const OffloadRequest&) const = default;
};

/** The effective configuration of a loaded model. */
struct OffloadConfig
{
    std::int64_t layers = 0;    // in total
    std::int64_t gpuLayers = 0; // of them, those that stay on the device
    OffloadSettings settings;
    std::string chosenBy; // "--gpu-layers 8", "preset budget (8 of 28 layers)", "auto", …

    bool offloads() const { return gpuLayers < layers; }
};

struct OffloadPreset
{
    std::string_view name;
    std::int64_t layersOf28;
};

/** The presets' names and how many of 28 layers they keep on the device. */
std::span<const OffloadPreset> offloadPresets();

/** Layers that a preset keeps on the device, scaled to this model: rounded to the nearest, at least 1 and at most all.
    @returns empty if there is no such preset. */
std::optional<std::int64_t> presetLayers (std::string_view name, std::int64_t layers);

/** How many of a model's layers a request keeps on the device; all where it does not say.
    @throws Exception OutOfRange if the model has not so many, InvalidInput if there is no such preset. */
std::int64_t layersAskedFor (const OffloadRequest& request, std::int64_t layers);

/** @throws Exception OutOfRange with a sentence that names the option, if a number is invalid. */
void check (const OffloadSettings& settings);

/** "as computed", "fp8", "int8". */
std::string_view nameOf (WeightsFormat format);

/** "fp8", "int8", or anything else for the compute type. */
WeightsFormat weightsFormat (std::string_view name);

/** The effective configuration in a few lines for people, each ending in a newline. */
std::string describe (const OffloadConfig& config);
} // namespace tableread::engine
