// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

namespace tableread
{
/** Where this user's files of a kind are kept unless something else is chosen: XDG_DATA_HOME/tableread/KIND, or that in
    HOME/.local/share. Empty if no such variable is an absolute path. */
std::filesystem::path dataFolder (std::string_view kind);

/** The same for what a program leaves for its next start: XDG_STATE_HOME, or HOME/.local/state. */
std::filesystem::path stateFolder (std::string_view kind);

/** The same for what the user has set: XDG_CONFIG_HOME, or HOME/.config. */
std::filesystem::path configFolder (std::string_view kind);
} // namespace tableread
