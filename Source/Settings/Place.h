// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace tableread
{
/** Where the settings file is. */
struct SettingsPlace
{
    std::filesystem::path file; // empty: nowhere
    std::string namedBy; // what named it: "--settings", "TABLEREAD_SETTINGS"; empty: it need not be there
    std::filesystem::path home {}; // which "~/" means; empty: nobody knows

    /** The variables that decide it; a struct so that tests can vary them. */
    struct Environment
    {
        std::string settings, configHome, home; // TABLEREAD_SETTINGS, XDG_CONFIG_HOME, HOME; empty: not set

        static Environment current();
    };

    /** `option`, else TABLEREAD_SETTINGS, else tableread/settings.toml in XDG_CONFIG_HOME or ~/.config. /dev/null means that
        there are no settings. */
    static SettingsPlace of (const std::filesystem::path& option, const Environment& environment);

    static SettingsPlace current (const std::filesystem::path& option = {})
    {
        return of (option, Environment::current());
    }
};
} // namespace tableread
