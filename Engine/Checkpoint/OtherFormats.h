// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tableread::engine
{
struct ModelConfig;

// Whatever else a user may take for a checkpoint is called by its name, with the way to one.

/** The files and folders in a folder, sorted. @throws Exception InvalidInput if it may not be read. */
std::vector<std::filesystem::path> filesIn (const std::filesystem::path& folder);

/** Whether there is something at the path, if only a link to nothing. */
bool isThere (const std::filesystem::path& path);

/** What a file is that was given in place of a checkpoint's folder, and what to do: one sentence or two, for every file. */
std::string aboutFile (const std::filesystem::path& file);

/** @throws Exception if a folder without config.json or without safetensors files holds something that is known: GGUF
    files, pickles, an adapter, a single file without its config, hub caches, an unfinished download. */
void refuseOtherFormat (const std::filesystem::path& folder);

/** @throws Exception Unsupported if the folder holds an adapter (adapter_config.json), merged into nothing. */
void refuseAdapter (const std::filesystem::path& folder);

/** @throws Exception Unsupported if config.json says that the weights are quantised in another way than to plain int8 or
    float8. */
void refuseQuantiser (const ModelConfig& config, const std::filesystem::path& folder);
} // namespace tableread::engine
