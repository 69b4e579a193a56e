// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <vector>

namespace tableread::plugin
{
/** Where this system keeps fonts; they need not exist. */
std::vector<std::filesystem::path> fontFolders();

/** A font with Chinese, Japanese and Korean characters: the best known one by its file's name. JUCE finds none in a
    collection (.ttc) by itself. Reads names only, and at most 20 000 of them. */
std::optional<std::filesystem::path> findCjkFont (const std::vector<std::filesystem::path>& folders);

/** The one that this system has: what fontconfig chooses, so that its settings count; where there is no fontconfig, the one in
    the usual folders. Empty: there is none. */
std::optional<std::filesystem::path> systemCjkFont();

/** False if the file cannot be a font, or was cut: JUCE crashes on those. Checks the tables' places, not what they hold. */
bool isWholeFont (std::span<const unsigned char> file);
} // namespace tableread::plugin
