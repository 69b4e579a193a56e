// SPDX-License-Identifier: Apache-2.0
#include "Command/ModelOptions.h"

#include <cstdlib>
#include <ostream>

#include <CLI/CLI.hpp>

#include "Checkpoint/HubCache.h"
#include "Checkpoint/ModelConfig.h"
#include "Checkpoint/OtherFormats.h"
#include "Checkpoint/Safetensors/Links.h"
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

namespace
{
bool isFolder (const std::filesystem::path& path)
{
    std::error_code none;
    return ! path.empty() && std::filesystem::is_directory (path, none);
}

/** Why there is no model at `place`, which somebody named. */
Error missing (const std::string& whose, const std::filesystem::path& place)
{
    if (isDangling (place))
        return { ErrorCode::NotFound,
                 whose + " is a link to nothing: an unfinished download. Download it again.",
                 {} };
    if (isThere (place))
        return { ErrorCode::InvalidInput, whose + " " + aboutFile (place), {} };
    std::string searched;
    if (isHubName (place.string()))
        for (const auto& cache : hubCaches())
            searched +=
                (searched.empty() ? ", nor in the Hugging Face hub's cache (" : ", ") + cache.string();
    if (! searched.empty())
        searched += "): hf download " + place.string() + " puts it there";
    return { ErrorCode::NotFound,
             whose + " is not a folder" + searched +
                 ". Name the folder that holds config.json and the safetensors files.",
             {} };
}

/** @throws Exception NotFound if it is in a cache, but its download was never finished. */
Result<std::filesystem::path> modelAt (const std::string& whose, const std::filesystem::path& place,
                                       const std::function<void (const std::string&)>& note)
{
    auto folder = place;
    if (! isFolder (place))
    {
        const auto cached = isThere (place) ? std::nullopt : findInHub (place.string(), hubCaches());
        if (! cached)
            return tl::make_unexpected (missing (whose, place));
        folder = *cached;
    }
    if (! isHubFolder (folder))
        return folder;
    auto snapshot = snapshotOf (folder);
    if (note && ! snapshot.note.empty())
        note (snapshot.note);
    return std::move (snapshot.folder);
}
} // namespace

Result<std::filesystem::path> findModel (const ModelSearch& search,
                                         const std::function<void (const std::string&)>& note)
{
    try
    {
        if (! search.asked.empty())
            return modelAt ("model \"" + search.asked.string() + "\"", search.asked, note);
        if (! search.environment.empty())
            return modelAt ("TABLEREAD_MODEL is \"" + search.environment.string() + "\", which",
                            search.environment, note);
    }
    catch (const Exception& exception)
    {
        return tl::make_unexpected (exception.error);
    }
    for (const auto& folder : { search.installed, search.sourceTree })
        if (isFolder (folder))
            return folder;
    return tl::make_unexpected (
        Error { ErrorCode::NotFound,
                "the embedded model is not in " + search.installed.string() +
                    (search.sourceTree.empty() ? "" : " nor in " + search.sourceTree.string()) +
                    ". Install it again, or name another one with --model.",
                {} });
}

std::function<void (const std::string&)> notesTo (const Session& session)
{
    return [&err = session.err] (const std::string& sentence) { err << sentence << '\n'; };
}

DeviceKind deviceKind (const std::string& name)
{
    return name == "cuda" ? DeviceKind::Cuda : name == "auto" ? DeviceKind::Auto : DeviceKind::Cpu;
}

void addDeviceOption (CLI::App& command, std::string& device)
{
    command.add_option ("--device", device, "Compute device: cpu, cuda, or auto (a GPU if there is one)")
        ->check (CLI::IsMember ({ "cpu", "cuda", "auto" }))
        ->capture_default_str();
}

void ModelOptions::addTo (CLI::App& command)
{
    command
        .add_option (
            "--model", model,
            "Folder of a VibeVoice checkpoint, or org/name in the Hugging Face hub's cache [the embedded "
            "one, or TABLEREAD_MODEL]")
        ->type_name ("DIR");
    addSettingsTo (command);
}

void ModelOptions::addSettingsTo (CLI::App& command)
{
    command.add_option ("--dtype", dtype, "Type of the weights: fp32, or bf16 for half the memory")
        ->check (CLI::IsMember ({ "fp32", "bf16" }))
        ->capture_default_str();
    addDeviceOption (command, device);
    command.add_option ("--threads", threads, "Compute threads; 0: one per processor")
        ->check (CLI::Range (0, 1024))
        ->capture_default_str();
}

LoadOptions ModelOptions::resolve (const Session& session) const
{
    LoadOptions options;
    options.model = orThrow (
        findModel (ModelSearch::current (model, session.executable),
                   [&options] (const std::string& sentence) { options.notes.push_back (sentence); }));
    options.compute = dtype == "bf16" ? ComputeType::BFloat16 : ComputeType::Float32;
    options.threads = threads;
    options.device = deviceKind (device);
    options.randomWeights = randomWeights;
    if (randomWeights && ! std::filesystem::exists (options.model / "tokenizer.json"))
        options.tokenizer = orThrow (findModel (ModelSearch::current ({}, session.executable)));
    return options;
}

VoiceShelf shelfOf (const std::filesystem::path& model, ShelfOptions options)
{
    const auto config = ModelConfig::load (model);
    const LoudnessTarget target { config.targetDbFs, config.normalizerEps };
    auto folders = options.folders;
    const auto read =
        [target, options = std::move (options)] (const std::filesystem::path& file, const std::string& name,
                                                 const VoiceShelf::Limits& limits) -> Result<ShelfVoice> {
        auto process = options.process;
        process.mostSeconds = std::min (process.mostSeconds, limits.mostSeconds);
        process.isCancelled = [&] {
            return (options.process.isCancelled && options.process.isCancelled()) ||
                   (limits.isCancelled && limits.isCancelled());
        };
        auto clip = readVoice (file, name, target, process);
        if (! clip)
            return tl::make_unexpected (clip.error());
        if (options.note)
            for (const auto& sentence : clip->notes)
                options.note (sentence, { name, file });
        return ShelfVoice { { clip->name, std::move (clip->samples) }, clip->hash };
    };
    return { model, read, std::move (folders) };
}
} // namespace tableread::engine
