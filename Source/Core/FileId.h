// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include <sys/stat.h>

namespace tableread
{
/** Which file a path leads to. No other file has this identity as long as this one is open or, if it is a socket,
    bound. */
struct FileId
{
    dev_t device = 0;
    ino_t number = 0;

    bool operator== (const FileId&) const = default;

    /** Of the path itself, also if it is a link; empty if there is nothing. */
    static std::optional<FileId> of (const std::filesystem::path& path)
    {
        struct stat status = {};
        return ::lstat (path.c_str(), &status) == 0 ? std::optional (FileId { status.st_dev, status.st_ino })
                                                    : std::nullopt;
    }

    static std::optional<FileId> of (int descriptor)
    {
        struct stat status = {};
        return ::fstat (descriptor, &status) == 0 ? std::optional (FileId { status.st_dev, status.st_ino })
                                                  : std::nullopt;
    }
};
} // namespace tableread
