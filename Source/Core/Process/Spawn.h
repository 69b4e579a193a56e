// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <spawn.h>

namespace tableread
{
/** The settings with which posix_spawn starts a child: no signal is blocked or ignored, whatever this process does with
    them, and a Ctrl-C in the terminal reaches only this process. Add what happens to its files. */
class SpawnSettings
{
public:
    enum class Own
    {
        ProcessGroup,
        Session // it may outlive the terminal
    };

    explicit SpawnSettings (Own own);
    ~SpawnSettings();
    SpawnSettings (const SpawnSettings&) = delete;
    SpawnSettings& operator= (const SpawnSettings&) = delete;

    posix_spawn_file_actions_t files {};
    posix_spawnattr_t attributes {};
};
} // namespace tableread
