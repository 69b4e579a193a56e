// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "Project/Edit.h"

namespace tableread::plugin
{
/** Recordings dropped on the window, not on somebody of the cast: "anna.wav" is Anna's voice. */
struct DroppedVoices
{
    std::vector<project::SetMember> edits;
    std::vector<std::filesystem::path> others; // with the name of nobody who speaks

    static DroppedVoices of (const project::Document& document,
                             const std::vector<std::filesystem::path>& recordings);
};

/** Gives somebody a recording as the voice for whatever has no mood of its own. */
project::SetMember voiceFor (const project::Document& document, std::string_view speaker,
                             const std::filesystem::path& recording);
} // namespace tableread::plugin
