// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/OtherFormats.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

#include "Checkpoint/ForeignTensors.h"
#include "Checkpoint/HubCache.h"
#include "Checkpoint/ModelConfig.h"
#include "Checkpoint/Safetensors/JsonText.h"
#include "Checkpoint/Safetensors/Links.h"
#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
namespace fs = std::filesystem;

constexpr std::string_view ggufWayOut = "a GGUF file, which this engine does not read. Take the safetensors "
                                        "checkpoint that it was made from, with "
                                        "--weights int8 for half the memory.";
constexpr std::string_view pickleWayOut =
    "a pickle of PyTorch, which can run any program when it is read, so this engine does not read it. Take a "
    "checkpoint in safetensors, with --weights int8 for half the memory.";
constexpr std::string_view adapterWayOut =
    "an adapter (LoRA), not a model. Merge it into the checkpoint that it was trained on (with PEFT: "
    "merge_and_unload(), then save_pretrained()), and give the folder of the merged checkpoint.";

enum class Format
{
    Unknown,
    Gguf,
    Pickle,
    Safetensors
};

bool endsLike (const fs::path& file, std::initializer_list<std::string_view> ends)
{
    auto name = file.filename().string();
    std::ranges::transform (name, name.begin(),
                            [] (char c) { return c >= 'A' && c <= 'Z' ? static_cast<char> (c + 32) : c; });
    return std::ranges::any_of (ends, [&] (auto end) { return name.ends_with (end); });
}

/** By the first bytes, or else by the name. */
Format formatOf (const fs::path& file)
{
    std::error_code none;
    std::array<char, 9> begin {};
    if (fs::is_regular_file (file, none))
        std::ifstream (file, std::ios::binary).read (begin.data(), begin.size());
    const std::string_view bytes (begin.data(), begin.size());
    if (bytes.starts_with ("GGUF") || endsLike (file, { ".gguf" }))
        return Format::Gguf;
    constexpr std::string_view zeros ("\0\0\0\0", 4); // the high half of a header's length
    if ((bytes.substr (4, 4) == zeros && bytes[8] == '{') || endsLike (file, { ".safetensors" }))
        return Format::Safetensors;
    const bool isPickled = bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5;
    if (isPickled || bytes.starts_with (std::string_view ("PK\x03\x04")) ||
        endsLike (file, { ".bin", ".pt", ".pth", ".ckpt", ".pkl", ".bin.index.json" }))
        return Format::Pickle;
    return Format::Unknown;
}

/** The first file of the folder in the format; empty if there is none. */
fs::path firstOf (const std::vector<fs::path>& files, Format format)
{
    std::error_code none;
    const auto found = std::ranges::find_if (files, [&] (const auto& file) {
        return ! fs::is_directory (file, none) && formatOf (file) == format;
    });
    return found == files.end() ? fs::path {} : *found;
}

std::string holds (const fs::path& file)
{
    return "holds " + inQuotes (file.filename().string()) + ", ";
}
} // namespace

std::vector<fs::path> filesIn (const fs::path& folder)
{
    std::vector<fs::path> files;
    std::error_code problem;
    for (fs::directory_iterator at (folder, problem); ! problem && at != fs::directory_iterator();
         at.increment (problem))
        files.push_back (at->path());
    if (problem)
        fail (codeOfSystemError (problem.value()),
              "cannot be read: " + problem.message() + ". Check its permissions.", folder.string());
    std::ranges::sort (files);
    return files;
}

bool isThere (const fs::path& path)
{
    std::error_code none;
    return fs::exists (fs::symlink_status (path, none));
}

std::string aboutFile (const fs::path& file)
{
    const auto folder = file.has_parent_path() ? file.parent_path() : fs::path (".");
    const auto format = formatOf (file);
    if (format == Format::Gguf)
        return "is " + std::string (ggufWayOut);
    if (format == Format::Pickle)
        return "is " + std::string (pickleWayOut);
    if (isThere (folder / "config.json"))
        return "is a file, not a folder. Give the folder that it is in, " + folder.string() + ".";
    if (format == Format::Safetensors)
        return "is a single safetensors file without its config.json. Put it into a folder with the "
               "config.json of the "
               "model that it was made from (VibeVoice-1.5B or VibeVoice-7B), and give that folder.";
    return "is a file. Name the folder that holds config.json and the safetensors files.";
}

void refuseAdapter (const fs::path& folder)
{
    for (const auto* name : { "adapter_config.json", "adapter_model.safetensors", "adapter_model.bin" })
        if (isThere (folder / name))
            fail (ErrorCode::Unsupported, holds (name) + std::string (adapterWayOut), folder.string());
}

void refuseOtherFormat (const fs::path& folder)
{
    refuseAdapter (folder);
    const auto files = filesIn (folder);
    for (const auto& file : files)
        refuseDangling (file);
    const bool hasConfig = isThere (folder / "config.json");
    const auto refuse = [&folder] (const std::string& message) {
        fail (ErrorCode::Unsupported, message, folder.string());
    };
    if (const auto file = firstOf (files, Format::Safetensors); ! file.empty() && ! hasConfig)
        fail (ErrorCode::NotFound,
              holds (file) + "but no config.json. Add the config.json of the model that it was made from "
                             "(VibeVoice-1.5B or "
                             "VibeVoice-7B).",
              folder.string());
    if (isHubSnapshot (folder))
        fail (ErrorCode::NotFound,
              "lacks a part of its model: an unfinished download. Run hf download again; it goes on where it "
              "stopped.",
              folder.string());
    if (const auto file = firstOf (files, Format::Gguf); ! file.empty())
        refuse (holds (file) + std::string (ggufWayOut));
    if (const auto file = firstOf (files, Format::Pickle); ! file.empty())
        refuse (holds (file) + std::string (pickleWayOut));
    const auto hub = std::ranges::find_if (files, [] (const auto& file) { return isHubFolder (file); });
    if (hub != files.end())
        fail (ErrorCode::NotFound,
              "is a cache of the Hugging Face hub. Give one of its models, such as " + hub->string() + ".",
              folder.string());
}

void refuseQuantiser (const ModelConfig& config, const fs::path& folder)
{
    if (config.quantiser.empty() || mayBePlainBytes (config.quantiser))
        return;
    fail (ErrorCode::Unsupported,
          "its quantization_config says that the weights are quantised by " + config.quantiser +
              ", which this engine does not read. Take the bf16 checkpoint that they were made from, with "
              "--weights "
              "int8 for half the memory.",
          (folder / "config.json").string());
}
} // namespace tableread::engine
