// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "Checkpoint/Safetensors/Header.h"
#include "Checkpoint/Safetensors/MappedFile.h"

namespace tableread::engine
{
/** One safetensors file, mapped read-only; its header is checked against its size on opening. Call checkMappedFiles()
    after reading data. */
class SafetensorsFile
{
public:
    explicit SafetensorsFile (const std::filesystem::path& path);

    const std::filesystem::path& path() const { return mapped.path(); }
    std::span<const SafetensorsEntry> entries() const { return header.entries; }
    std::string_view layerFormats() const { return header.layerFormats; }
    std::span<const std::byte> data (const SafetensorsEntry& entry) const;

private:
    MappedFile mapped;
    SafetensorsHeader header;
};
} // namespace tableread::engine
