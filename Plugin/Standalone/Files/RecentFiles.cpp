// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/Files/RecentFiles.h"

#include <algorithm>
#include <ctime>
#include <span>
#include <string>
#include <utility>

#include <sys/stat.h>

#include "Core/ContentHash.h"
#include "Core/Disk/Bytes.h"
#include "Core/Disk/PendingFile.h"

namespace tableread::plugin
{
namespace
{
constexpr std::size_t mostPathBytes = 1 << 16;

/** Its entries, the last one first. */
std::vector<std::filesystem::path> entriesOf (const std::filesystem::path& folder)
{
    using Dated = std::pair<std::filesystem::file_time_type, std::filesystem::path>;
    std::vector<Dated> dated;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator (folder, ignored))
        if (isContentHash (entry.path().filename().string()))
            dated.emplace_back (entry.last_write_time (ignored), entry.path());
    std::ranges::sort (dated, std::greater());
    std::vector<std::filesystem::path> entries;
    entries.reserve (dated.size());
    for (auto& [time, path] : dated)
        entries.push_back (std::move (path));
    return entries;
}
} // namespace

void RecentFiles::add (const std::filesystem::path& file) const
{
    if (folder.empty())
        return;
    std::error_code ignored;
    std::filesystem::create_directories (folder, ignored);
    const auto path = std::filesystem::absolute (file, ignored).lexically_normal().string();
    const auto bytes = std::as_bytes (std::span (path));
    auto pending = PendingFile::create (folder / hashOfBytes (bytes));
    if (! pending || writeBytes (pending->descriptor(), bytes) != 0)
        return;
    timespec now = {}; // finer than the time that the file system would give
    ::clock_gettime (CLOCK_REALTIME, &now);
    const timespec times[] = { now, now };
    ::futimens (pending->descriptor(), times);
    [[maybe_unused]] const int number = pending->complete();
}

std::vector<RecentFiles::Entry> RecentFiles::list() const
{
    std::vector<Entry> files;
    std::error_code ignored;
    for (const auto& entry : entriesOf (folder))
        if (files.size() == most)
            std::filesystem::remove (entry, ignored);
        else if (const auto path = readBytes (entry, mostPathBytes);
                 path && std::filesystem::path (*path).is_absolute())
            files.push_back ({ *path, std::filesystem::is_regular_file (*path, ignored) });
    return files;
}

void RecentFiles::clear() const
{
    std::error_code ignored;
    for (const auto& entry : entriesOf (folder))
        std::filesystem::remove (entry, ignored);
}
} // namespace tableread::plugin
