// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Safetensors/File.h"

#include "Core/Error.h"

namespace tableread::engine
{
SafetensorsFile::SafetensorsFile (const std::filesystem::path& path) : mapped (path)
{
    try
    {
        header = SafetensorsHeader::parse (mapped.bytes(), path.string());
    }
    catch (const Exception&)
    {
        mapped.check(); // the header may have gone while it was read
        throw;
    }
    mapped.check();
}

std::span<const std::byte> SafetensorsFile::data (const SafetensorsEntry& entry) const
{
    return mapped.bytes().subspan (header.dataStart + entry.begin, entry.end - entry.begin);
}
} // namespace tableread::engine
