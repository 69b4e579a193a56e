// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Claims.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>
#include <string>
#include <tuple>
#include <utility>

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

std::string textOf (const protocol::SpeechRequest& request)
{
    std::string text;
    for (const auto& line : request.lines)
        text += line.text + '\n';
    return text;
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

LineOrder::LineOrder (const std::vector<FarmLine>& lines, std::size_t worker, std::size_t workers)
    : own (worker)
    , parts (workers)
{
    if (workers == 1)
    {
        for (std::size_t i = 0; i < lines.size(); ++i)
            groups.push_back ({ i });
        return;
    }
    struct Place
    {
        std::size_t cast; // by its first line
        std::string text;
        std::size_t line;
    };
    std::vector<std::vector<VoiceReference>> casts;
    std::vector<Place> places;
    for (std::size_t i = 0; i < lines.size(); ++i)
    {
        const auto& request = lines[i].wanted.request;
        const auto cast = std::ranges::find (casts, request.voices) - casts.begin();
        if (std::cmp_equal (cast, casts.size()))
            casts.push_back (request.voices);
        places.push_back ({ static_cast<std::size_t> (cast), textOf (request), i });
    }
    std::ranges::sort (places, {}, [] (const Place& place) {
        return std::tuple (place.cast, -static_cast<std::ptrdiff_t> (place.text.size()), place.line);
    });
    std::map<std::pair<std::size_t, std::string>, std::vector<std::size_t>> alike; // by cast and text
    for (auto& [cast, text, line] : places)
    {
        const auto& request = lines[line].wanted.request;
        auto& candidates = alike[{ cast, std::move (text) }];
        const auto same = std::ranges::find_if (candidates, [&] (std::size_t group) {
            return lines[groups[group].front()].wanted.request == request;
        });
        if (same != candidates.end())
            groups[*same].push_back (line);
        else
        {
            candidates.push_back (groups.size());
            groups.push_back ({ line });
        }
    }
}

std::span<const LineOrder::Same> LineOrder::partOf (std::size_t worker) const
{
    const auto begin = (worker - 1) * groups.size() / parts, end = worker * groups.size() / parts;
    return std::span (groups).subspan (begin, end - begin);
}

std::optional<std::size_t> LineOrder::next (LineClaims& claims)
{
    if (repeats.empty())
        if (const auto* const same = nextOf (claims))
            repeats.assign (same->begin(), same->end());
    if (repeats.empty())
        return {};
    const auto line = repeats.front();
    repeats.pop_front();
    return line;
}

/** Takes the lines of one group. Null: nothing is left. */
const LineOrder::Same* LineOrder::nextOf (LineClaims& claims)
{
    const auto take = [&] (const Same& lines) { // who has the first has the others
        if (! claims.take (lines.front(), own))
            return false;
        for (const auto line : std::span (lines).subspan (1))
            claims.take (line, own);
        return true;
    };
    for (const auto part = partOf (own); begun < part.size();)
        if (const auto& lines = part[begun++]; take (lines))
            return &lines;
    while (true)
    {
        std::vector<const Same*> most;
        for (std::size_t worker = 1; worker <= parts; ++worker)
        {
            std::vector<const Same*> left;
            for (const auto& lines : partOf (worker))
                if (claims.takerOf (lines.front()) == 0)
                    left.push_back (&lines);
            if (left.size() > most.size())
                most = std::move (left);
        }
        if (most.empty())
            return nullptr;
        if (take (*most.back()))
            return most.back();
    }
}
} // namespace tableread::engine
