// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>

namespace tableread::plugin
{
/** The app without a window: `TableRead --bounce FILE -o OUT.wav` renders a script or a project and writes it as the host
    would hear it. Needs no display.
    @param toOpen  gets the file that `TableRead FILE` names
    @returns the exit code (Core/ExitCodes.h), or nothing if the arguments call for the window. */
std::optional<int> runCommandLine (int argc, char** argv, std::filesystem::path& toOpen);
} // namespace tableread::plugin
