// SPDX-License-Identifier: Apache-2.0
#include "Core/Disk/DataFolder.h"

#include <utility>

#include "Core/Environment.h"

namespace tableread
{
std::filesystem::path dataFolder (std::string_view kind)
{
    for (const auto& [variable, below] :
         { std::pair { "XDG_DATA_HOME", "" }, std::pair { "HOME", ".local/share" } })
        if (const std::filesystem::path base (environmentVariable (variable)); base.is_absolute())
            return base / below / "tableread" / kind;
    return {};
}
} // namespace tableread
