// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "Checkpoint/Safetensors/Header.h"

namespace tableread::engine
{
/** One safetensors file, mapped read-only; its header is checked against its size at opening.

    Memory    pages come from the file when first touched and are the kernel's to drop. A file that is cut short by
              another program while it is mapped ends this one (SIGBUS), as with every mapped file.
*/
class SafetensorsFile
{
public:
    explicit SafetensorsFile (const std::filesystem::path& path);
    ~SafetensorsFile();
    SafetensorsFile (const SafetensorsFile&) = delete;
    SafetensorsFile& operator= (const SafetensorsFile&) = delete;

    const std::filesystem::path& path() const { return filePath; }
    std::span<const SafetensorsEntry> entries() const { return header.entries; }
    std::span<const std::byte> data (const SafetensorsEntry& entry) const;

private:
    std::filesystem::path filePath;
    std::span<const std::byte> mapped;
    SafetensorsHeader header;
};
} // namespace tableread::engine
