// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "Core/Environment.h"
#include "Settings/Settings.h"

namespace tableread
{
/** Where takes are kept, and how long. */
struct TakeStoreOptions
{
    std::filesystem::path folder; // empty: nowhere
    std::string namedBy {};       // what names it, for people; empty: it is made if it is not there
    std::int64_t mostBytes = 20'000'000'000; // of all takes, before the least recently used ones are removed
    bool evicts = true;                      // false: nothing is ever removed

    // What is younger is kept: takes that were used, those of sessions that were seen, what was begun by other machines.
    std::chrono::seconds grace = std::chrono::hours (24);
    std::chrono::seconds sessionAge = std::chrono::hours (24 * 90);
    std::chrono::seconds partAge = std::chrono::hours (24);
};

inline constexpr const char* takesVariable = "TABLEREAD_TAKES";

/** As TABLEREAD_TAKES and the settings' table [takes] say (Assets/docs/settings.md); by default tableread/takes in
    XDG_DATA_HOME or ~/.local/share. @returns InvalidInput with the line of a value that is not possible. */
[[nodiscard]] Result<TakeStoreOptions>
takeStoreOptions (const Settings& settings,
                  const std::string& variable = environmentVariable (takesVariable));
} // namespace tableread
