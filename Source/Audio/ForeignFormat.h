// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "Core/Error.h"

namespace tableread
{
/** The refusal of a sound format that is known but not read (M4A, MP4, WebM, WMA …), recognised by the file's first
    bytes whatever its name is, with the ffmpeg command that converts this file. Empty for other content. */
std::optional<Error> foreignFormat (const std::filesystem::path& file, std::string_view head);

/** `text` as one word of a POSIX shell's command line. Control characters are written as bash and zsh read them. */
std::string shellQuoted (const std::string& text);
} // namespace tableread
