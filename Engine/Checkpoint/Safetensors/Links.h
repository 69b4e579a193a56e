// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace tableread::engine
{
/** Whether the path is a link to nothing, as an unfinished download of the Hugging Face hub leaves it. */
bool isDangling (const std::filesystem::path& path);

/** @throws Exception NotFound that calls a dangling link an unfinished download. */
void refuseDangling (const std::filesystem::path& path);
} // namespace tableread::engine
