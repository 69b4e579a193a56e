// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Claims.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>
#include <numeric>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
/** A file in memory, of so many zeros. @returns negative, and errno, if there is no memory. */
int sharedBytes (std::size_t count)
{
    const int file = ::memfd_create ("lines", MFD_CLOEXEC);
    if (file >= 0 && ::ftruncate (file, static_cast<off_t> (count)) != 0)
    {
        const int problem = errno;
        ::close (file);
        errno = problem;
        return -1;
    }
    return file;
}

[[noreturn]] void noMemory (int problem)
{
    fail (codeOfSystemError (problem),
          fmt::format ("no memory can be shared with the workers: {}. Close other programs.",
                       std::strerror (problem)));
}
} // namespace

LineClaims::LineClaims (std::size_t lines) : LineClaims (sharedBytes (lines), lines)
{}

LineClaims::LineClaims (int shared, std::size_t lines) : file (shared)
{
    if (shared < 0)
        noMemory (errno);
    if (lines == 0)
        return;
    void* const bytes = ::mmap (nullptr, lines, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
    if (bytes == MAP_FAILED)
        noMemory (errno);
    takers = { static_cast<unsigned char*> (bytes), lines };
}

LineClaims LineClaims::given (std::size_t lines)
{
    struct stat status = {};
    if (::fstat (STDIN_FILENO, &status) != 0 || ! S_ISREG (status.st_mode) ||
        status.st_size != static_cast<off_t> (lines))
        fail (ErrorCode::InvalidInput, "the file was changed while the batch began, or --worker was given by "
                                       "hand. Run batch again, without it.");
    return { ::dup (STDIN_FILENO), lines };
}

LineClaims::~LineClaims()
{
    if (! takers.empty())
        ::munmap (takers.data(), takers.size());
}

bool LineClaims::take (std::size_t line, std::size_t worker)
{
    unsigned char nobody = 0;
    return std::atomic_ref (takers[line])
        .compare_exchange_strong (nobody, static_cast<unsigned char> (worker));
}

std::size_t LineClaims::takerOf (std::size_t line) const
{
    return std::atomic_ref (takers[line]).load();
}

LineOrder::LineOrder (const std::vector<std::vector<std::string>>& casts, std::size_t worker,
                      std::size_t workers)
    : own (worker)
    , parts (workers)
    , lines (casts.size())
{
    std::iota (lines.begin(), lines.end(), std::size_t { 0 });
    if (workers == 1)
        return;
    std::map<std::vector<std::string>, std::size_t> firstLines;
    for (std::size_t i = 0; i < casts.size(); ++i)
        firstLines.emplace (casts[i], i);
    std::stable_sort (lines.begin(), lines.end(), [&] (std::size_t one, std::size_t two) {
        return firstLines[casts[one]] < firstLines[casts[two]];
    });
}

std::span<const std::size_t> LineOrder::partOf (std::size_t worker) const
{
    const auto begin = (worker - 1) * lines.size() / parts, end = worker * lines.size() / parts;
    return std::span (lines).subspan (begin, end - begin);
}

std::optional<std::size_t> LineOrder::next (LineClaims& claims)
{
    for (const auto part = partOf (own); begun < part.size();)
        if (const auto line = part[begun++]; claims.take (line, own))
            return line;
    while (true)
    {
        std::vector<std::size_t> most;
        for (std::size_t worker = 1; worker <= parts; ++worker)
        {
            std::vector<std::size_t> left;
            for (const auto line : partOf (worker))
                if (claims.takerOf (line) == 0)
                    left.push_back (line);
            if (left.size() > most.size())
                most = std::move (left);
        }
        if (most.empty())
            return {};
        if (claims.take (most.back(), own))
            return most.back();
    }
}
} // namespace tableread::engine
