// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace tableread
{
/** Whether two paths lead to one regular file, by links or other spellings. */
bool isSameFile (const std::filesystem::path& a, const std::filesystem::path& b);

/** Whether a path leads to this program's standard output: what is said there would get into what is written. */
bool isStandardOutput (const std::filesystem::path& path);
} // namespace tableread
