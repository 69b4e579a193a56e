// SPDX-License-Identifier: Apache-2.0
#include "Command/ModelOptions.h"

#include <cstdlib>

#include <CLI/CLI.hpp>

#include "Checkpoint/ModelConfig.h"
#include "Voice/Reader.h"

namespace tableread::engine
{
ModelSearch ModelSearch::current (std::filesystem::path asked, const std::filesystem::path& executable)
{
    const char* variable = std::getenv ("TABLEREAD_MODEL");
    const auto prefix = executable.parent_path().parent_path();
    // An installed program must not depend on the folder that it was built from.
    const bool isBuilt = executable.parent_path() == TABLEREAD_BUILD_FOLDER "/bin";
    return { std::move (asked), variable == nullptr ? "" : variable, prefix / "share/tableread/models/mini",
             isBuilt ? TABLEREAD_SOURCE_MODEL : "" };
}

Result<std::filesystem::path> findModel (const ModelSearch& search)
{
    const auto isThere = [] (const std::filesystem::path& folder) {
        std::error_code none;
        return ! folder.empty() && std::filesystem::is_directory (folder, none);
    };
    const auto missing = [] (std::string what) {
        return tl::make_unexpected (Error { ErrorCode::NotFound, std::move (what), {} });
    };
    if (! search.asked.empty() && ! isThere (search.asked))
        return missing (
            "model \"" + search.asked.string() +
            "\" is not a folder. Name the folder that holds config.json and the safetensors files.");
    if (search.asked.empty() && ! search.environment.empty() && ! isThere (search.environment))
        return missing (
            "TABLEREAD_MODEL is \"" + search.environment.string() +
            "\", which is not a folder. Name the folder that holds config.json and the safetensors files.");
    for (const auto& folder : { search.asked, search.environment, search.installed, search.sourceTree })
        if (isThere (folder))
            return folder;
    return missing ("the embedded model is not in " + search.installed.string() +
                    (search.sourceTree.empty() ? "" : " nor in " + search.sourceTree.string()) +
                    ". Install it again, or name another one with --model.");
}

std::string wholeNumber (const std::string& text)
{
    const bool digits = ! text.empty() && text.find_first_not_of ("0123456789") == std::string::npos;
    return digits ? std::string() : '"' + text + "\" is not a whole number from 0";
}

DeviceKind deviceKind (const std::string& name)
{
    return name == "cuda" ? DeviceKind::Cuda : name == "auto" ? DeviceKind::Auto : DeviceKind::Cpu;
}

WeightsFormat weightsFormat (const std::string& name)
{
    return name == "fp8"    ? WeightsFormat::Float8
           : name == "int8" ? WeightsFormat::Int8
                            : WeightsFormat::AsComputed;
}

void addDeviceOption (CLI::App& command, std::string& device)
{
    command.add_option ("--device", device, "What computes: cpu, cuda, or auto (a GPU where there is one)")
        ->check (CLI::IsMember ({ "cpu", "cuda", "auto" }))
        ->capture_default_str();
}

void ModelOptions::addTo (CLI::App& command)
{
    command
        .add_option ("--model", model,
                     "Folder of a VibeVoice checkpoint [the embedded one, or TABLEREAD_MODEL]")
        ->type_name ("DIR");
    command.add_option ("--dtype", dtype, "Type of the weights: fp32, or bf16 for half the memory")
        ->check (CLI::IsMember ({ "fp32", "bf16" }))
        ->capture_default_str();
    addDeviceOption (command, device);
    command.add_option ("--threads", threads, "Compute threads; 0: one for each processor")
        ->check (CLI::Range (0, 1024))
        ->capture_default_str();
}

LoadOptions ModelOptions::resolve (const Session& session) const
{
    LoadOptions options;
    options.model = orThrow (findModel (ModelSearch::current (model, session.executable)));
    options.compute = dtype == "bf16" ? ComputeType::BFloat16 : ComputeType::Float32;
    options.threads = threads;
    options.device = deviceKind (device);
    options.randomWeights = randomWeights;
    if (randomWeights && ! std::filesystem::exists (options.model / "tokenizer.json"))
        options.tokenizer = orThrow (findModel (ModelSearch::current ({}, session.executable)));
    return options;
}

VoiceShelf shelfOf (const std::filesystem::path& model, std::function<void (const std::string&)> note)
{
    const auto config = ModelConfig::load (model);
    const LoudnessTarget target { config.targetDbFs, config.normalizerEps };
    const auto read = [target, note = std::move (note)] (const std::filesystem::path& file,
                                                         const std::string& name) -> Result<ShelfVoice> {
        auto clip = readVoice (file, name, target);
        if (! clip)
            return tl::make_unexpected (clip.error());
        if (note)
            for (const auto& sentence : clip->notes)
                note (sentence);
        return ShelfVoice { { clip->name, std::move (clip->samples) }, clip->hash };
    };
    return { model, read };
}
} // namespace tableread::engine
