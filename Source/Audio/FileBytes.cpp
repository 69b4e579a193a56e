// SPDX-License-Identifier: Apache-2.0
#include "Audio/FileBytes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tableread
{
namespace
{
const char* kindOf (mode_t mode)
{
    return S_ISDIR (mode)    ? "it is not a file but a folder"
           : S_ISFIFO (mode) ? "it is not a file but a pipe"
           : S_ISSOCK (mode) ? "it is not a file but a socket"
                             : "it is not a file but a device";
}

/** For what the system answers when a path cannot be opened or read. */
Error systemError (const std::filesystem::path& file, int number)
{
    if (number == ENOENT || number == ENOTDIR)
        return { ErrorCode::NotFound, file.string() + " does not exist. Check the path.", {} };
    const bool lasts = number == EACCES || number == EPERM || number == ELOOP || number == ENAMETOOLONG;
    const bool ranOut = codeOfSystemError (number) == ErrorCode::OutOfMemory;
    return { lasts    ? ErrorCode::InvalidInput
             : ranOut ? ErrorCode::OutOfMemory
                      : ErrorCode::Io,
             file.filename().string() + " cannot be read (" + std::strerror (number) + "). " +
                 (lasts    ? "Check the path and its permissions."
                  : ranOut ? "Close other programs, or try again later."
                           : "Check its drive and try again."),
             {} };
}
} // namespace

Error unreadableRecording (const std::filesystem::path& file, const std::string& why)
{
    return { ErrorCode::InvalidInput,
             file.filename().string() + " is not a readable recording (" + why +
                 "). Choose a WAV, FLAC, OGG or MP3 file.",
             {} };
}

Result<std::unique_ptr<FileBytes>> FileBytes::open (const std::filesystem::path& file)
{
    struct stat found
    {
    };
    if (::stat (file.c_str(), &found) != 0)
        return tl::unexpected (systemError (file, errno));
    if (! S_ISREG (found.st_mode))
        return tl::unexpected (unreadableRecording (file, kindOf (found.st_mode)));

    // A pipe may have taken the file's place since; it must not block.
    const int descriptor = ::open (file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0)
        return tl::unexpected (systemError (file, errno));
    std::unique_ptr<FileBytes> bytes (new FileBytes (file, descriptor));
    if (::fstat (descriptor, &found) != 0)
        return tl::unexpected (systemError (file, errno));
    if (! S_ISREG (found.st_mode))
        return tl::unexpected (unreadableRecording (file, kindOf (found.st_mode)));

    std::array<char, 1> first {};
    const bool isEmpty = bytes->read (0, first) == 0;
    if (bytes->failure != 0)
        return tl::unexpected (systemError (file, bytes->failure));
    if (isEmpty)
        return tl::unexpected (unreadableRecording (file, "it is empty"));
    bytes->opened = bytes->state().value_or (State {});
    return bytes;
}

FileBytes::~FileBytes()
{
    ::close (handle);
}

std::optional<FileBytes::State> FileBytes::state() const
{
    struct stat now
    {
    };
    if (::fstat (handle, &now) != 0)
        return std::nullopt;
    return State { now.st_size, now.st_mtim.tv_sec, now.st_mtim.tv_nsec };
}

std::size_t FileBytes::read (std::int64_t at, std::span<char> bytes)
{
    std::size_t done = 0;
    while (done < bytes.size() && failure == 0)
    {
        const auto count =
            ::pread (handle, bytes.data() + done, bytes.size() - done, at + (std::int64_t) done);
        if (count == 0)
            break;
        if (count > 0)
            done += (std::size_t) count;
        else if (errno != EINTR)
            failure = errno;
    }
    return done;
}

std::string FileBytes::text (std::int64_t at, std::size_t count)
{
    std::string bytes (count, '\0');
    bytes.resize (read (at, bytes));
    return bytes;
}

Result<void> FileBytes::checkUnchanged() const
{
    if (failure != 0)
        return tl::unexpected (systemError (file, failure));
    if (state() != opened)
        return tl::unexpected (
            Error { ErrorCode::Io,
                    file.filename().string() +
                        " changed while it was read. Wait until it is complete, and try again.",
                    {} });
    return {};
}
} // namespace tableread
