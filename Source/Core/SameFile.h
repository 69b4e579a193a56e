// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace tableread
{
/** Whether two paths lead to one regular file, by links or other spellings. */
bool isSameFile (const std::filesystem::path& a, const std::filesystem::path& b);
} // namespace tableread
