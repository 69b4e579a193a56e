// SPDX-License-Identifier: Apache-2.0
#include "Core/Disk/PendingFile.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "Core/ContentHash.h"
#include "Core/Disk/Bytes.h"

namespace tableread
{
namespace
{
constexpr std::string_view pendingEnd = ".part";
constexpr std::size_t wordDigits = 8; // of the machine and of the random number in a name

/** A word for what numbers this process: the running system and its space of process numbers, since two containers on one
    machine have two. Empty if it cannot be known. */
std::string numberedBy()
{
    std::string system;
    std::ifstream ("/proc/sys/kernel/random/boot_id") >> system;
    struct stat space = {};
    if (system.empty() || ::stat ("/proc/self/ns/pid", &space) != 0)
        return {};
    const auto text = system + ' ' + std::to_string (space.st_ino);
    return hashOfBytes (std::as_bytes (std::span (text))).substr (0, wordDigits);
}

/** Who writes a pending file. */
struct Writer
{
    std::string numberedBy;
    pid_t process = 0;
};

/** From NAME.MACHINE-PROCESS-RANDOM.part. */
std::optional<Writer> writerOf (const std::filesystem::path& file)
{
    const auto mark = file.stem().extension().string();
    if (file.extension() != pendingEnd || std::count (mark.begin(), mark.end(), '-') != 2)
        return {};
    const auto first = mark.find ('-'), second = mark.rfind ('-');
    Writer writer { mark.substr (1, first - 1), 0 };
    const auto* const end = mark.data() + second;
    const auto read = std::from_chars (mark.data() + first + 1, end, writer.process);
    const bool isName = read.ec == std::errc() && read.ptr == end && writer.process > 0 &&
                        first == 1 + wordDigits && mark.size() - second == 1 + wordDigits;
    return isName ? std::optional (std::move (writer)) : std::nullopt;
}
/** Not that of a process that has ended and that nobody collects, as in a container without an init. */
bool isRunning (pid_t process)
{
    if (::kill (process, 0) != 0 && errno == ESRCH)
        return false;
    std::string stat;
    std::ifstream file ("/proc/" + std::to_string (process) + "/stat");
    std::getline (file, stat);
    const auto name = stat.rfind (") "); // the state is behind it
    return name == std::string::npos || stat.compare (name, 3, ") Z") != 0;
}
} // namespace

std::filesystem::path pendingName (const std::filesystem::path& file)
{
    std::array<char, wordDigits + 1> random {};
    std::snprintf (random.data(), random.size(), "%08x", static_cast<unsigned> (std::random_device {}()));
    auto machine = numberedBy();
    machine.resize (wordDigits, '0');
    auto name = file;
    name += '.' + machine + '-' + std::to_string (::getpid()) + '-' + random.data();
    name += pendingEnd;
    return name;
}

bool isPendingName (const std::filesystem::path& file)
{
    return writerOf (file).has_value();
}

bool isAbandoned (const std::filesystem::path& file, std::chrono::sys_seconds oldest)
{
    const auto writer = writerOf (file);
    struct stat status = {};
    if (! writer || ::lstat (file.c_str(), &status) != 0)
        return false;
    if (std::chrono::sys_seconds (std::chrono::seconds (status.st_mtim.tv_sec)) < oldest)
        return true;
    return writer->numberedBy == numberedBy() && ! isRunning (writer->process);
}

tl::expected<PendingFile, int> PendingFile::create (const std::filesystem::path& file)
{
    constexpr int tries = 10;
    int problem = EEXIST;
    for (int i = 0; i < tries && problem == EEXIST; ++i)
    {
        PendingFile made;
        auto name = pendingName (file);
        made.openDescriptor = ::open (name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        problem = made.openDescriptor < 0 ? errno : 0;
        if (problem != 0)
            continue;
        made.file = file;
        made.temporary = std::move (name);
        return made;
    }
    return tl::make_unexpected (problem);
}

PendingFile::PendingFile (PendingFile&& other) noexcept
    : file (std::move (other.file))
    , temporary (std::exchange (other.temporary, {}))
    , openDescriptor (std::exchange (other.openDescriptor, -1))
{}

PendingFile::~PendingFile()
{
    if (! temporary.empty())
        ::unlink (temporary.c_str());
    if (openDescriptor >= 0)
        ::close (openDescriptor);
}

int PendingFile::complete()
{
    if (::fsync (openDescriptor) != 0 || ::rename (temporary.c_str(), file.c_str()) != 0)
        return errno;
    temporary.clear();
    return syncNames (file.parent_path());
}
} // namespace tableread
