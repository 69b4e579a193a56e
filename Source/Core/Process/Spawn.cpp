// SPDX-License-Identifier: Apache-2.0
#include "Core/Process/Spawn.h"

#include <csignal>

namespace tableread
{
SpawnSettings::SpawnSettings (Own own)
{
    posix_spawn_file_actions_init (&files);
    posix_spawnattr_init (&attributes);
    sigset_t all, none;
    sigfillset (&all);
    sigemptyset (&none);
    posix_spawnattr_setsigdefault (&attributes, &all);
    posix_spawnattr_setsigmask (&attributes, &none);
    const int group = own == Own::Session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setflags (&attributes,
                              static_cast<short> (group | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
}

SpawnSettings::~SpawnSettings()
{
    posix_spawnattr_destroy (&attributes);
    posix_spawn_file_actions_destroy (&files);
}
} // namespace tableread
