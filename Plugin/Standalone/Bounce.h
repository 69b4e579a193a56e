// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tableread::plugin
{
/** What `TableRead --bounce` was asked for. */
struct BounceOptions
{
    std::string input, output;       // a script or a project; a sound file
    std::string engine;              // its program; empty: as the project and the environment say
    std::vector<std::string> voices; // NAME=FILE or NAME=a voice of the model
    std::string gaps {};             // of a script, as readGaps() has them
    int rate = 48'000;
    std::uint64_t seed = 0;
    std::optional<bool> playsSlate {};     // where speech is missing; empty, as the next: as the project says
    std::optional<int> patienceSeconds {}; // without progress
    std::vector<std::string>
        ofScript {}; // of the options that were given, those that a project has no use for
};

/** Writes a script or a project as a host would hear it in an offline bounce, and says so. What had to be rendered of a
    project is recorded in it. @returns the exit code. @throws Exception if nothing can be written. */
int bounceToFile (const BounceOptions& options);
} // namespace tableread::plugin
