// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tableread::engine
{
// The Hugging Face hub's cache: CACHE/models--ORG--NAME holds refs/main, which names a revision; snapshots/REVISION, whose
// files are links; and blobs, where they lead. It is only read.

/** A revision of a model in a cache. */
struct HubSnapshot
{
    std::filesystem::path folder;
    std::string note; // if refs/main does not say that it is this one
};

/** Where caches may be, by the hub's own variables: HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME, else the home folder's. */
std::vector<std::filesystem::path> hubCaches();

/** Whether a folder is one model of a cache, models--ORG--NAME, or one of the snapshots in it. By the names alone. */
bool isHubFolder (const std::filesystem::path& folder);
bool isHubSnapshot (const std::filesystem::path& folder);

/** Whether the text is "org/name". */
bool isHubName (const std::string& text);

/** The folder of the model `name`, "org/name", in the first of the caches that has it. */
std::optional<std::filesystem::path> findInHub (const std::string& name,
                                                const std::vector<std::filesystem::path>& caches);

/** The snapshot that refs/main names, else the newest. `folder` is a models--ORG--NAME.
    @throws Exception NotFound if there is none. */
HubSnapshot snapshotOf (const std::filesystem::path& folder);

/** A model's name for people: that of its folder, or of the repository if it is a snapshot in a cache. */
std::string modelName (const std::filesystem::path& folder);
} // namespace tableread::engine
