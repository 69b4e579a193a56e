// SPDX-License-Identifier: Apache-2.0
#include "Core/LockFile.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "Core/FileId.h"

namespace tableread
{
Result<std::optional<LockFile>> LockFile::take (const std::filesystem::path& file)
{
    const auto failed = [&file] (const char* what, int problem) {
        return tl::make_unexpected (
            Error { codeOfSystemError (problem),
                    std::string ("cannot be ") + what + ": " + std::strerror (problem), file.string() });
    };
    while (true)
    {
        const int descriptor = ::open (file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (descriptor < 0)
            return failed ("written", errno);
        LockFile lock (file, descriptor);
        if (::flock (descriptor, LOCK_EX | LOCK_NB) != 0)
        {
            const int problem = errno;
            ::close (std::exchange (lock.descriptor, -1)); // it is not ours to remove
            if (problem == EWOULDBLOCK)
                return std::optional<LockFile>();
            return failed ("locked", problem);
        }
        // Who held it may have removed it since we opened it: the lock is then void.
        if (lock.isInPlace())
            return std::optional (std::move (lock));
    }
}

LockFile::LockFile (LockFile&& other) noexcept
    : path (std::move (other.path))
    , descriptor (std::exchange (other.descriptor, -1))
{}

LockFile& LockFile::operator= (LockFile&& other) noexcept
{
    std::swap (path, other.path);
    std::swap (descriptor, other.descriptor);
    return *this;
}

LockFile::~LockFile()
{
    if (descriptor < 0)
        return;
    if (isInPlace())
        ::unlink (path.c_str());
    ::close (descriptor);
}

bool LockFile::isInPlace() const
{
    return FileId::of (descriptor) == FileId::of (path);
}
} // namespace tableread
