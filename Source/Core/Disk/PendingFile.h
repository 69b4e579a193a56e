// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>

#include <tl/expected.hpp>

namespace tableread
{
/** A file that gets its name only when it is complete and on the disk. Until then it lies beside that name, as
    NAME.WRITER.part. It needs no locks, only that a name is made once and renaming replaces: so the folder may be on a
    network, shared by many machines. WRITER is a process of one of them (see isAbandoned).

    Threads   one at a time.
    Errors    numbers of errno. */
class PendingFile
{
public:
    [[nodiscard]] static tl::expected<PendingFile, int> create (const std::filesystem::path& file);
    PendingFile (PendingFile&& other) noexcept;
    PendingFile& operator= (PendingFile&&) = delete;
    ~PendingFile(); // removes what has no name yet

    int descriptor() const { return openDescriptor; }

    /** Where it lies until it is complete. */
    const std::filesystem::path& name() const { return temporary; }

    /** Gives it its name, in place of another file that may have it, and waits until the disk has both. @returns 0 or
        errno; the name may be there all the same if the folder cannot be synced. */
    [[nodiscard]] int complete();

private:
    PendingFile() = default;

    std::filesystem::path file, temporary; // no temporary once it is complete
    int openDescriptor = -1;
};

/** A name beside `file` that nobody else uses, and that is a pending file's: whatever this process leaves there is
    removed one day. */
std::filesystem::path pendingName (const std::filesystem::path& file);

/** Whether a path has the name of a pending file. */
bool isPendingName (const std::filesystem::path& file);

/** Whether nobody will complete a pending file: its process is gone, which can be seen of one on this machine, or it has
    not been written to since `oldest`, by the clock of the file system. */
bool isAbandoned (const std::filesystem::path& file, std::chrono::sys_seconds oldest);
} // namespace tableread
