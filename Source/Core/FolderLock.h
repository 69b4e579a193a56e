// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace tableread
{
/** Holds a folder for one program at a time, as long as it exists; leaves no file behind. */
class FolderLock
{
public:
    FolderLock() = default;
    FolderLock (FolderLock&& other) noexcept;
    FolderLock& operator= (FolderLock&& other) noexcept;
    ~FolderLock();

    /** @returns false if another program holds it. A file system without locks lets everybody in. */
    bool take (const std::filesystem::path& folder);

private:
    int descriptor = -1;
};
} // namespace tableread
