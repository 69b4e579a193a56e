// SPDX-License-Identifier: Apache-2.0
#include "Logging/RotatingFile.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "Core/FileId.h"

namespace tableread::engine
{
RotatingFile::RotatingFile (std::filesystem::path file, const Limits& wanted)
    : path (std::move (file))
    , limits (wanted)
{
    if (open() == Result::Written)
        return;
    const int problem = errno;
    fail (problem == 0 || problem == ELOOP ? ErrorCode::InvalidInput : codeOfSystemError (problem),
          problem == 0 || problem == ELOOP
              ? "a log must be a file of its own, not a link, a folder or a device. Name another one."
              : std::string ("the log cannot be written: ") + std::strerror (problem),
          path.string());
}

RotatingFile::~RotatingFile()
{
    close();
}

void RotatingFile::close()
{
    if (opened >= 0)
        ::close (std::exchange (opened, -1));
}

/** Lost with the errno, which is 0 if it is not a file. */
LineOutput::Result RotatingFile::open()
{
    constexpr int forItsUser = 0600;
    close();
    opened =
        ::open (path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
                forItsUser);
    struct stat status = {};
    if (opened < 0 || ::fstat (opened, &status) != 0)
        return Result::Lost;
    if (! S_ISREG (status.st_mode))
    {
        close();
        errno = 0;
        return Result::Lost;
    }
    size = static_cast<std::size_t> (status.st_size);
    return Result::Written;
}

/** Nobody has moved or removed it. */
bool RotatingFile::isInPlace() const
{
    return opened >= 0 && FileId::of (opened) == FileId::of (path);
}

void RotatingFile::rotate()
{
    const auto numbered = [this] (int number) {
        return number == 0 ? path.string() : path.string() + '.' + std::to_string (number);
    };
    close();
    if (limits.files == 0)
        ::unlink (path.c_str());
    for (int number = limits.files; number > 0; --number)
        ::rename (numbered (number - 1).c_str(), numbered (number).c_str());
}

LineOutput::Result RotatingFile::write (std::string_view line)
{
    if (! isInPlace() && open() != Result::Written)
        return Result::Lost;
    if (size > 0 && size + line.size() > limits.bytes)
    {
        rotate();
        if (open() != Result::Written)
            return Result::Lost;
        if (size + line.size() > limits.bytes && ::ftruncate (opened, 0) == 0) // it could not be renamed
            size = 0;
    }
    ssize_t count = -1;
    do
        count = ::write (opened, line.data(), line.size());
    while (count < 0 && errno == EINTR);
    if (count == static_cast<ssize_t> (line.size()))
    {
        size += line.size();
        return Result::Written;
    }
    if (count > 0) // the disk is full: no half lines
        [[maybe_unused]]
        const int cut = ::ftruncate (opened, static_cast<off_t> (size));
    return Result::Lost;
}
} // namespace tableread::engine
