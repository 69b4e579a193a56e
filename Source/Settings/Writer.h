// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "Settings/Settings.h"

namespace tableread
{
/** A key that is to have other values. */
struct SettingChange
{
    std::string
        key; // "offload.preset"; "models.path" is that of the first [[models]], which is added; "models" without
             // values: that entry goes
    std::vector<std::string>
        values {}; // as in Setting, but a path as it is to be written; none: the key goes
};

/** A file's text with changes. Comments and all other lines stay as they are.
    @returns InvalidInput with line and key if the text has a mistake, or would have one; Unsupported if a key is written in a
             way that cannot be changed. */
[[nodiscard]] Result<std::string>
changedSettings (std::string_view text, std::span<const SettingChange> changes, const SettingsPlace& place);

/** Changes the file of a place, and makes it and its folder if they are not there. The file is replaced as a whole, once the
    new one is on the disk; a link to it stays one. One with a mistake is not touched.
    @returns as above; or what readSettings() says of the file, or Io or InvalidInput if it cannot be written. */
[[nodiscard]] Result<void> writeSettings (const SettingsPlace& place, std::span<const SettingChange> changes);
} // namespace tableread
