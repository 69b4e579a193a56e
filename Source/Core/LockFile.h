// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "Core/Error.h"

namespace tableread
{
/** A file that one process at a time holds, such as the one beside a socket. Whoever dies, or closes it, releases it. */
class LockFile
{
public:
    /** Does not wait. Makes the file, with mode 0600, if there is none.
        @returns nothing if somebody else holds it, in this process or in another; an error if it cannot be opened or
                 locked. */
    [[nodiscard]] static Result<std::optional<LockFile>> take (const std::filesystem::path& file);

    LockFile (LockFile&& other) noexcept;
    LockFile& operator= (LockFile&& other) noexcept;

    /** Removes the file, unless another one has taken its place. */
    ~LockFile();

    /** False if the file was removed or replaced: another process can then hold its successor. */
    bool isInPlace() const;

private:
    LockFile (std::filesystem::path file, int opened) : path (std::move (file)), descriptor (opened) {}

    std::filesystem::path path;
    int descriptor = -1;
};
} // namespace tableread
