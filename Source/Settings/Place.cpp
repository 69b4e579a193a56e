// SPDX-License-Identifier: Apache-2.0
#include "Settings/Place.h"

#include "Core/Environment.h"

namespace tableread
{
SettingsPlace::Environment SettingsPlace::Environment::current()
{
    return { environmentVariable ("TABLEREAD_SETTINGS"), environmentVariable ("XDG_CONFIG_HOME"),
             environmentVariable ("HOME") };
}

SettingsPlace SettingsPlace::of (const std::filesystem::path& option, const Environment& environment)
{
    SettingsPlace place;
    if (std::filesystem::path (environment.home).is_absolute())
        place.home = environment.home;
    if (! option.empty() || ! environment.settings.empty())
    {
        place.file = option.empty() ? std::filesystem::path (environment.settings) : option;
        place.namedBy = option.empty() ? "TABLEREAD_SETTINGS" : "--settings";
        if (place.file == "/dev/null")
            place.file.clear();
        return place;
    }
    // The XDG Base Directory Specification: a relative path is invalid and ignored.
    std::filesystem::path folder = environment.configHome;
    if (! folder.is_absolute())
        folder = place.home.empty() ? std::filesystem::path() : place.home / ".config";
    if (! folder.empty())
        place.file = folder / "tableread" / "settings.toml";
    return place;
}
} // namespace tableread
