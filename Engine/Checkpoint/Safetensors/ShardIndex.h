// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace tableread::engine
{
/** The contents of model.safetensors.index.json: which shards there are, and which of them has each tensor. A shard is
    the plain name of a file in the index's folder, never a path. */
struct ShardIndex
{
    std::string path; // of the index, for error messages
    std::set<std::string> shards;
    std::map<std::string, std::string> shardOf; // by the tensor's name in the index

    /** @throws Exception NotFound, Io or InvalidInput. */
    static ShardIndex read (const std::filesystem::path& path);
    static ShardIndex parse (std::string_view text, const std::string& where);
};
} // namespace tableread::engine
