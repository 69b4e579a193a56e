// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tableread
{
/** A key of the settings file. */
struct SettingKey
{
    enum class Kind
    {
        Text,
        Flag,
        Whole,       // number
        Number,      // whole or not
        WholeOrText, // a number of passages, or "auto"
        Path,        // absolute, or in ~/
        Texts,       // a list
        Paths,       // a list
        Pairs        // a table of texts: NAME=TEXT
    };

    std::string_view name; // with its table
    Kind kind = Kind::Text;
};

/** All of them but those of [[models]]. */
std::span<const SettingKey> settingKeys();

/** The keys of an entry of [[models]]. */
std::span<const std::string_view> modelKeys();

/** Whether `name` is a table: "offload", or "" for the file itself. */
bool isSettingsTable (std::string_view name);

/** A sentence for a key that does not exist, with the one that is probably meant if there is one. `table` is "" for the file
    itself, and "models" for an entry of it. */
std::string unknownSetting (std::string_view table, std::string_view key);

/** Text from a file in a form that can stand in a message: short, without control characters. */
std::string printable (std::string_view text, std::size_t longest = 64);
} // namespace tableread
