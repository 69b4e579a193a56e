// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include <tl/expected.hpp>

namespace tableread
{
/** Writes all bytes where the descriptor is. @returns 0 or errno. */
int writeBytes (int descriptor, std::span<const std::byte> bytes);

/** Reads a regular file whole; whatever else lies there is not waited for. @returns errno: EINVAL if it is no regular file,
    EFBIG if it has more than `most` bytes. */
tl::expected<std::string, int> readBytes (const std::filesystem::path& file, std::size_t most);

/** Brings the names in a folder to the disk, on file systems where that is more than bringing its files there.
    @returns 0 or errno. */
int syncNames (const std::filesystem::path& folder);
} // namespace tableread
