// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tableread
{
/** A sentence on each file beside this one that a killed program left (leftBehind()), with the length of its sound. */
std::vector<std::string> notesOnLeftBehind (const std::filesystem::path& file);
} // namespace tableread
