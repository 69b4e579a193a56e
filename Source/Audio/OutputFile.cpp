// SPDX-License-Identifier: Apache-2.0
#include "Audio/OutputFile.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "Audio/File.h"

namespace tableread
{
namespace
{
constexpr int mostTemporaries = 100, mostPartials = 10'000, mostLinks = 40;

std::filesystem::path temporaryName (const std::filesystem::path& file, int number)
{
    return file.string() + "." + std::to_string (number) + ".part";
}

std::filesystem::path partialName (const std::filesystem::path& file, int number)
{
    const auto mark = number == 1 ? std::string (".partial") : ".partial-" + std::to_string (number);
    return file.parent_path() / (file.stem().string() + mark + file.extension().string());
}

/** The file that a path stands for, even if it does not exist yet. */
std::filesystem::path withoutLinks (std::filesystem::path file)
{
    std::error_code failed;
    for (int links = 0; links < mostLinks && std::filesystem::is_symlink (file, failed); ++links)
    {
        const auto target = std::filesystem::read_symlink (file, failed);
        if (failed)
            break;
        file = target.is_absolute() ? target : file.parent_path() / target;
    }
    return file;
}

/** Renames without replacing another file. @returns 0 or errno. */
int renameToNew (const std::filesystem::path& from, const std::filesystem::path& to)
{
    if (::renameat2 (AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS) // some file systems do not know the flag
        return errno;
    if (::link (from.c_str(), to.c_str()) != 0)
        return errno;
    ::unlink (from.c_str());
    return 0;
}

double secondsIn (const std::filesystem::path& file)
{
    double seconds = 0;
    if (auto sound = AudioFile::open (file))
    {
        std::vector<float> block;
        for (sound->read (block); ! block.empty(); sound->read (block))
            seconds += (double) block.size() / sound->sampleRateHz();
    }
    return seconds;
}
} // namespace

Error cannotWrite (const std::filesystem::path& file, int number, const std::string& why)
{
    return { codeOfSystemError (number), "cannot be written: " + why + ". Make room or choose another place.",
             file.string() };
}

OutputFile::OutputFile (OutputFile&& other) noexcept
    : file (std::move (other.file))
    , temporary (std::exchange (other.temporary, {}))
    , openDescriptor (std::exchange (other.openDescriptor, -1))
{}

OutputFile::~OutputFile()
{
    if (! temporary.empty())
        ::unlink (temporary.c_str());
    if (openDescriptor >= 0)
        ::close (openDescriptor);
}

Result<OutputFile> OutputFile::open (const std::filesystem::path& file)
{
    OutputFile opened;
    opened.file = file;
    if (const int number = opened.openTarget(); number != 0)
        return tl::unexpected (cannotWrite (file, number, std::strerror (number)));
    return opened;
}

int OutputFile::openTarget()
{
    std::error_code ignored;
    const auto status = std::filesystem::status (file, ignored);
    if (std::filesystem::is_directory (status))
        return EISDIR;
    if (std::filesystem::exists (status) && ! std::filesystem::is_regular_file (status))
    {
        openDescriptor = ::open (file.c_str(), O_WRONLY | O_CLOEXEC);
        return openDescriptor >= 0 ? 0 : errno;
    }
    file = withoutLinks (file);
    if (std::filesystem::exists (status) && ::access (file.c_str(), W_OK) != 0)
        return errno;
    return openTemporary();
}

int OutputFile::openTemporary()
{
    for (int number = 1; number <= mostTemporaries; ++number)
    {
        const auto name = temporaryName (file, number);
        openDescriptor = ::open (name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (openDescriptor >= 0)
        {
            temporary = name;
            ::flock (openDescriptor, LOCK_EX | LOCK_NB); // where locks do not work, the name alone has to do
            return 0;
        }
        if (errno != EEXIST)
            break;
    }
    return errno;
}

Result<void> OutputFile::complete()
{
    if (isDirect())
        return {};
    struct stat replaced
    {
    };
    if (::stat (file.c_str(), &replaced) == 0)
        ::fchmod (openDescriptor, replaced.st_mode & 07777u);
    if (::fsync (openDescriptor) != 0 || ::rename (temporary.c_str(), file.c_str()) != 0)
        return tl::unexpected (cannotWrite (file, errno, std::strerror (errno)));
    temporary.clear();
    return {};
}

Result<void> OutputFile::completeNew()
{
    if (isDirect())
        return {};
    if (const int failed = ::fsync (openDescriptor) != 0 ? errno : renameToNew (temporary, file); failed != 0)
        return tl::unexpected (cannotWrite (file, failed, std::strerror (failed)));
    temporary.clear();
    return {};
}

Result<std::filesystem::path> OutputFile::keepPartial()
{
    if (isDirect())
        return file;
    ::fsync (openDescriptor); // a full disk may refuse it; what is there is kept all the same
    int failed = EEXIST;
    for (int number = 1; number <= mostPartials && failed == EEXIST; ++number)
    {
        auto name = partialName (file, number);
        failed = renameToNew (temporary, name);
        if (failed != 0)
            continue;
        temporary.clear();
        return name;
    }
    return tl::unexpected (cannotWrite (partialName (file, 1), failed, std::strerror (failed)));
}

std::vector<std::filesystem::path> leftBehind (const std::filesystem::path& file)
{
    std::vector<std::filesystem::path> found;
    const auto target = withoutLinks (file);
    for (int number = 1; number <= mostTemporaries; ++number)
    {
        auto name = temporaryName (target, number);
        const int descriptor = ::open (name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (descriptor < 0)
            continue;
        if (::flock (descriptor, LOCK_EX | LOCK_NB) == 0)
            found.push_back (std::move (name));
        ::close (descriptor);
    }
    return found;
}

std::vector<std::string> notesOnLeftBehind (const std::filesystem::path& file)
{
    std::vector<std::string> notes;
    for (const auto& part : leftBehind (file))
    {
        std::array<char, 32> seconds {};
        std::snprintf (seconds.data(), seconds.size(), "%.1f", secondsIn (part));
        notes.push_back (part.string() + " has " + seconds.data() +
                         " s of a render that was killed. Rename it to listen to it, or delete it.");
    }
    return notes;
}
} // namespace tableread
