// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tableread
{
/** Where the keys and tables of a settings file are, so that one of them can be changed and the rest stays as it is.
    Positions are of bytes, ends are behind the last one. */
struct SettingsOutline
{
    struct Entry
    {
        std::string key {};    // with its table: "offload.preset"; of the first [[models]]: "models.path"
        std::size_t begin = 0; // of the key
        std::size_t value = 0, valueEnd = 0;
        std::optional<std::size_t> inside {}; // the entry of the inline table that it is in
        std::size_t table = 0;                // that it is under
        bool isInlineTable = false;
    };

    struct Table
    {
        std::string name {};   // "" for the file's own, "models" for each of [[models]]
        bool isFirst = true;   // of its name
        std::size_t begin = 0; // of its header; of the file's own: the start
        std::size_t end = 0;   // of its header's line, with the line's end, or of the last entry in it
    };

    std::vector<Entry> entries;
    std::vector<Table> tables; // the first one is the file's own

    const Entry* find (std::string_view key) const;

    /** The first of this name. */
    const Table* findTable (std::string_view name) const;
};

/** @param text a file that is valid (parseSettings). */
SettingsOutline outlineOf (std::string_view text);
} // namespace tableread
