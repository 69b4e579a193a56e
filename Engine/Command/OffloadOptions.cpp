// SPDX-License-Identifier: Apache-2.0
#include "Command/OffloadOptions.h"

#include <CLI/CLI.hpp>

#include "Offload/Fields.h"

namespace tableread::engine
{
namespace
{
constexpr const char* group = "Offloading";

/** A check of an option by what Fields.h knows of it. */
std::function<std::string (const std::string&)> checkOf (OffloadField field)
{
    return [field] (const std::string& text) { return wrongWith (field, text); };
}

std::function<std::string (const std::string&)> checkOf (std::string_view name)
{
    return checkOf (*offloadField (name));
}

OffloadField passagesField (bool mayBeAuto)
{
    auto field = *offloadField ("passages");
    if (! mayBeAuto)
        field.kind = OffloadField::Kind::Number;
    return field;
}
} // namespace

void OffloadOptions::addMemoryOptionsTo (CLI::App& command)
{
    auto& settings = asked.settings;
    all.push_back (command
                       .add_option ("--weights", weights,
                                    "The language model's matrices: bf16, or fp8 or int8 for half of that; "
                                    "implies --dtype bf16")
                       ->check (checkOf ("weights"))
                       ->group (group));
    all.push_back (command.add_option ("--vram", vram, "Limit on GPU memory, such as 10GB [all]")
                       ->check (checkOf ("vram"))
                       ->type_name ("SIZE")
                       ->group (group));
    all.push_back (
        command
            .add_option ("--prefetch", settings.prefetch, "Layers to copy ahead of the one being computed")
            ->check (checkOf ("prefetch"))
            ->capture_default_str()
            ->group (group));
    all.push_back (
        command
            .add_option (
                "--context", settings.positions,
                "Reserve memory for passages of up to this many positions; a second of speech takes 7.5")
            ->check (checkOf ("context"))
            ->capture_default_str()
            ->group (group));
    const bool mayBeAuto = defaultPassages == Passages::Auto;
    auto* batch =
        command
            .add_option ("--passages", passages,
                         mayBeAuto
                             ? "Passages that are spoken at once, 1 to 16; auto: on a GPU as many as fit "
                               "its memory, on a CPU as many as keep real time"
                             : "Reserve memory for this many passages in one batch, 1 to 16")
            ->check (checkOf (passagesField (mayBeAuto)))
            ->type_name ("N")
            ->capture_default_str()
            ->group (group);
    if (! mayBeAuto)
        all.push_back (batch); // which has an effect on a CPU too otherwise
}

void OffloadOptions::addTo (CLI::App& command)
{
    auto& settings = asked.settings;
    auto* layers =
        command
            .add_option ("--gpu-layers", asked.gpuLayers,
                         "Layers of the language model that stay on the GPU; the others are copied "
                         "to it each time they are needed")
            ->check (checkOf ("gpu_layers"))
            ->type_name ("N")
            ->group (group);
    auto* named = command
                      .add_option ("--preset", asked.preset,
                                   "The same by name, for a model of 28 layers: " + presetNames())
                      ->check (checkOf ("preset"))
                      ->type_name ("NAME")
                      ->group (group);
    auto* automatic =
        command.add_flag ("--auto", isAuto, "As many layers as fit the GPU's free memory")->group (group);
    auto* resident =
        command.add_flag ("--no-offload", isResident, "All layers, or an error if they do not fit")
            ->group (group);
    const std::vector<CLI::Option*> exclusive { layers, named, automatic, resident };
    for (auto* one : exclusive)
        for (auto* other : exclusive)
            if (one != other)
                one->excludes (other);
    gpuLayers = layers;
    preset = named;
    all.insert (all.end(), exclusive.begin(), exclusive.end());
    addMemoryOptionsTo (command);
    all.push_back (command.add_flag ("--no-pin", isPageable, "Use pageable host memory; copies are slower")
                       ->group (group));
    all.push_back (
        command
            .add_option ("--cache-trim-interval,--cache-clear-interval", settings.cacheTrimInterval,
                         "Layer transfers between trims of the CUDA allocator's cache; 0: never trim")
            ->check (checkOf ("cache_trim_interval"))
            ->capture_default_str()
            ->group (group));
    all.push_back (
        command
            .add_option ("--trim", trim,
                         "Skip a trim that would free nothing (useful), or never skip one (always)")
            ->check (checkOf ("trim"))
            ->capture_default_str()
            ->group (group));
}

OffloadRequest OffloadOptions::request() const
{
    auto request = asked;
    const auto put = [&request] (std::string_view name, const std::string& value) {
        set (request, *offloadField (name), value);
    };
    if (gpuLayers != nullptr && gpuLayers->count() > 0)
        put ("gpu_layers", std::to_string (asked.gpuLayers));
    if (preset != nullptr && preset->count() > 0)
        put ("preset", asked.preset);
    if (isAuto)
        put ("auto", "true");
    if (isResident)
        put ("no_offload", "true");
    put ("passages", passages);
    put ("pin_memory", isPageable ? "false" : "true");
    put ("trim", trim);
    put ("weights", weights);
    put ("vram", vram);
    return request;
}

void OffloadOptions::applyTo (LoadOptions& load) const
{
    load.offload = request();
    if (! weights.empty())
        load.compute = ComputeType::BFloat16;
}

std::vector<std::string> OffloadOptions::given() const
{
    std::vector<std::string> names;
    for (const auto* option : all)
        if (option->count() > 0 && option->get_name() != "--weights") // which has an effect everywhere
            names.push_back (option->get_name());
    return names;
}

std::string OffloadOptions::effective (const ModelInfo& info) const
{
    if (info.offload)
        return describe (*info.offload) + info.memoryNotes;
    const auto names = given();
    if (names.empty())
        return {};
    return withoutEffectOnCpu (names) + '\n';
}
} // namespace tableread::engine
