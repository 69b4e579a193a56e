// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace tableread::engine
{
/** What model.safetensors.index.json says: which shards there are, and in which of them each tensor is. A shard is the
    plain name of a file beside the index, never a path. */
struct ShardIndex
{
    std::string path; // of the index, for complaints
    std::set<std::string> shards;
    std::map<std::string, std::string> shardOf; // by the tensor's name as the index has it

    /** @throws Exception NotFound, Io or InvalidInput. */
    static ShardIndex read (const std::filesystem::path& path);
    static ShardIndex parse (std::string_view text, const std::string& where);
};
} // namespace tableread::engine
