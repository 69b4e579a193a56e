// SPDX-License-Identifier: Apache-2.0
#include "Core/FolderLock.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace tableread
{
FolderLock::FolderLock (FolderLock&& other) noexcept : descriptor (std::exchange (other.descriptor, -1))
{}

FolderLock& FolderLock::operator= (FolderLock&& other) noexcept
{
    std::swap (descriptor, other.descriptor);
    return *this;
}

FolderLock::~FolderLock()
{
    if (descriptor >= 0)
        ::close (descriptor);
}

bool FolderLock::take (const std::filesystem::path& folder)
{
    descriptor = ::open (folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return descriptor < 0 || ::flock (descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}
} // namespace tableread
