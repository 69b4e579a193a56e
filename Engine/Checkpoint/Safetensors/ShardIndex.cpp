// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Safetensors/ShardIndex.h"

#include "Checkpoint/Safetensors/Header.h"
#include "Checkpoint/Safetensors/JsonText.h"
#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
constexpr std::uint64_t maxIndexBytes = 8 << 20;
constexpr std::size_t maxShards = 1024;

/** A shard must be a file in its index's folder. */
void checkShardName (const std::string& name, const std::string& where)
{
    if (! name.ends_with (".safetensors") ||
        name.find_first_of (std::string_view ("/\\\0", 3)) != std::string::npos ||
        name.find ("..") != std::string::npos)
        fail (ErrorCode::InvalidInput,
              "names the shard " + inQuotes (name) +
                  "; the plain name of a .safetensors file in its folder is needed.",
              where);
}
} // namespace

ShardIndex ShardIndex::read (const std::filesystem::path& path)
{
    return parse (readTextFile (path, maxIndexBytes), path.string());
}

ShardIndex ShardIndex::parse (std::string_view text, const std::string& where)
{
    ShardIndex index;
    index.path = where;
    const auto json = parseJsonObject (text, where);
    const auto map = json.find ("weight_map");
    if (map == json.end() || ! map->is_object() || map->empty())
        fail (ErrorCode::InvalidInput, "has no weight_map that names shards. Fetch the file again.", where);
    if (map->size() > SafetensorsHeader::maxTensors)
        fail (ErrorCode::InvalidInput,
              "names " + std::to_string (map->size()) + " tensors, at most " +
                  std::to_string (SafetensorsHeader::maxTensors) +
                  " are allowed; VibeVoice has about 1200. This is not a checkpoint of it.",
              where);
    for (const auto& [tensor, shard] : map->items())
    {
        if (! shard.is_string())
            fail (ErrorCode::InvalidInput,
                  "has no file name for tensor " + inQuotes (tensor) + ". Fetch the file again.", where);
        index.shardOf[tensor] = shard.get<std::string>();
        index.shards.insert (shard.get<std::string>());
    }
    if (index.shards.size() > maxShards)
        fail (ErrorCode::InvalidInput,
              "names " + std::to_string (index.shards.size()) + " shards, at most " +
                  std::to_string (maxShards) + " are allowed.",
              where);
    for (const auto& shard : index.shards)
        checkShardName (shard, where);
    return index;
}
} // namespace tableread::engine
