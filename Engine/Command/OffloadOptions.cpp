// SPDX-License-Identifier: Apache-2.0
#include "Command/OffloadOptions.h"

#include <charconv>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "Command/ModelOptions.h"
#include "Core/Error.h"
#include "Offload/Plan/MemoryPlan.h"

namespace tableread::engine
{
namespace
{
constexpr const char* group = "Offloading";

std::string sizeOfMemory (const std::string& text)
{
    return parseBytes (text)
               ? std::string()
               : '"' + text + "\" is not a memory size with its unit. Write 10GB, 9.5GiB or 800MB";
}

std::string presetNames()
{
    std::vector<std::string> names;
    for (const auto& preset : offloadPresets())
        names.push_back (fmt::format ("{} {}", preset.name, preset.layersOf28));
    return fmt::format ("{}", fmt::join (names, ", "));
}
std::string nameOfPreset (const std::string& text)
{
    constexpr std::int64_t anyNumber = 28;
    return presetLayers (text, anyNumber)
               ? std::string()
               : fmt::format ("\"{}\" is not a preset; the presets are {}", text, presetNames());
}

constexpr int mostPassages = 16;

/** What is wrong with a number of passages; empty if it is fine. */
std::string checkPassages (const std::string& text, bool mayBeAuto)
{
    int number = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars (text.data(), end, number);
    const bool isNumber = error == std::errc() && stopped == end && number >= 1 && number <= mostPassages;
    return isNumber || (mayBeAuto && text == "auto")
               ? std::string()
               : '"' + text + "\" is not a number from 1 to 16" + (mayBeAuto ? ", or auto" : "");
}
} // namespace

void OffloadOptions::addMemoryOptionsTo (CLI::App& command)
{
    auto& settings = asked.settings;
    all.push_back (command
                       .add_option ("--weights", weights,
                                    "The language model's matrices: bf16, or fp8 or int8 for half of that; "
                                    "implies --dtype bf16")
                       ->check (CLI::IsMember ({ "bf16", "fp8", "int8" }))
                       ->group (group));
    all.push_back (command.add_option ("--vram", vram, "Limit on GPU memory, such as 10GB [all]")
                       ->check (sizeOfMemory)
                       ->type_name ("SIZE")
                       ->group (group));
    all.push_back (
        command
            .add_option ("--prefetch", settings.prefetch, "Layers to copy ahead of the one being computed")
            ->check (CLI::Range (0, 64))
            ->capture_default_str()
            ->group (group));
    all.push_back (
        command
            .add_option (
                "--context", settings.positions,
                "Reserve memory for passages of up to this many positions; a second of speech takes 7.5")
            ->check (CLI::Range (1, 1 << 20))
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
            ->check ([mayBeAuto] (const std::string& text) { return checkPassages (text, mayBeAuto); })
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
            ->check (CLI::Range (0, 100'000))
            ->type_name ("N")
            ->group (group);
    auto* named = command
                      .add_option ("--preset", asked.preset,
                                   "The same by name, for a model of 28 layers: " + presetNames())
                      ->check (nameOfPreset)
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
            ->check (CLI::Range (std::int64_t { 0 }, std::int64_t { 1 } << 40))
            ->capture_default_str()
            ->group (group));
    all.push_back (
        command
            .add_option ("--trim", trim,
                         "Skip a trim that would free nothing (useful), or never skip one (always)")
            ->check (CLI::IsMember ({ "useful", "always" }))
            ->capture_default_str()
            ->group (group));
}

OffloadRequest OffloadOptions::request() const
{
    using Mode = OffloadRequest::Mode;
    auto request = asked;
    request.mode = gpuLayers != nullptr && gpuLayers->count() > 0 ? Mode::Layers
                   : preset != nullptr && preset->count() > 0     ? Mode::Preset
                   : isAuto                                       ? Mode::Auto
                   : isResident                                   ? Mode::None
                                                                  : Mode::Default;
    request.settings.passages = passages == "auto" ? 0 : std::stoi (passages);
    request.settings.pinMemory = ! isPageable;
    request.settings.trim = trim == "always" ? TrimPolicy::Always : TrimPolicy::Useful;
    request.settings.weights = weightsFormat (weights);
    request.settings.deviceMemoryLimit = parseBytes (vram).value_or (0);
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
    return fmt::format ("On a CPU all layers are resident: {} {} no effect.\n", fmt::join (names, ", "),
                        names.size() == 1 ? "has" : "have");
}
} // namespace tableread::engine
