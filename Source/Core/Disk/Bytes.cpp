// SPDX-License-Identifier: Apache-2.0
#include "Core/Disk/Bytes.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "Core/Descriptor.h"

namespace tableread
{
int writeBytes (int descriptor, std::span<const std::byte> bytes)
{
    while (! bytes.empty())
    {
        const auto count = ::write (descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno;
        bytes = bytes.subspan (static_cast<std::size_t> (count));
    }
    return 0;
}

tl::expected<std::string, int> readBytes (const std::filesystem::path& file, std::size_t most)
{
    const Descriptor opened (::open (file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat status = {};
    if (opened.number < 0 || ::fstat (opened.number, &status) != 0)
        return tl::make_unexpected (errno);
    if (! S_ISREG (status.st_mode))
        return tl::make_unexpected (EINVAL);
    if (status.st_size > static_cast<off_t> (most))
        return tl::make_unexpected (EFBIG);
    std::string bytes (static_cast<std::size_t> (status.st_size), '\0');
    std::size_t done = 0;
    while (done < bytes.size())
    {
        const auto count = ::read (opened.number, bytes.data() + done, bytes.size() - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return tl::make_unexpected (errno);
        if (count == 0)
            break;
        done += static_cast<std::size_t> (count);
    }
    bytes.resize (done);
    return bytes;
}

int syncNames (const std::filesystem::path& folder)
{
    const Descriptor opened (::open (folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.number < 0)
        return errno;
    const int problem = ::fsync (opened.number) == 0 ? 0 : errno;
    const bool isUnknown = problem == EINVAL || problem == ENOTSUP; // to some network file systems
    return isUnknown ? 0 : problem;
}
} // namespace tableread
