// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "Core/Error.h"

namespace tableread::plugin
{
/** The project files that were opened or saved last. Each is a file of its own in a folder, named by the hash of its path
    and as old as its last use, so programs that add at the same time need no lock and lose nothing of each other.

    Threads   any. */
class RecentFiles
{
public:
    static constexpr std::size_t most = 10;

    struct Entry
    {
        std::filesystem::path file;
        bool exists = false;
    };

    explicit RecentFiles (std::filesystem::path place) : folder (std::move (place)) {}

    /** Puts a file in front. Nothing if the folder cannot be written: a list is not worth a complaint. */
    void add (const std::filesystem::path& file) const;

    /** The last one first. Removes what is beyond `most`. */
    std::vector<Entry> list() const;

    void clear() const;

private:
    std::filesystem::path folder;
};
} // namespace tableread::plugin
