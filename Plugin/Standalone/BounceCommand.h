// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

namespace tableread::plugin
{
/** The app without a window: `TableRead --bounce SCRIPT -o OUT.wav` renders a script and writes it as the host would
    hear it. Needs no display.
    @returns the exit code (0, 1 failed, 2 bad input), or nothing if the arguments call for the window. */
std::optional<int> runCommandLine (int argc, char** argv);
} // namespace tableread::plugin
