// SPDX-License-Identifier: Apache-2.0
#include "Core/Disk/DataFolder.h"

#include <utility>

#include "Core/Environment.h"

namespace tableread
{
namespace
{
/** In the folder that a variable names, else in one of the user's home. */
std::filesystem::path userFolder (const char* variable, const char* inHome, std::string_view kind)
{
    for (const auto& [name, below] : { std::pair { variable, "" }, std::pair { "HOME", inHome } })
        if (const std::filesystem::path base (environmentVariable (name)); base.is_absolute())
            return base / below / "tableread" / kind;
    return {};
}
} // namespace

std::filesystem::path dataFolder (std::string_view kind)
{
    return userFolder ("XDG_DATA_HOME", ".local/share", kind);
}

std::filesystem::path stateFolder (std::string_view kind)
{
    return userFolder ("XDG_STATE_HOME", ".local/state", kind);
}

std::filesystem::path configFolder (std::string_view kind)
{
    return userFolder ("XDG_CONFIG_HOME", ".config", kind);
}
} // namespace tableread
