// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include <catch2/catch.hpp>

#include "Core/Disk/DataFolder.h"
#include "Support/Environment.h"

using namespace tableread;

TEST_CASE ("A user's folders are where the XDG variables say, else at home", "[source][core][disk]")
{
    const test::Environment before ({ "HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME" });
    CHECK (dataFolder ("takes").empty());
    CHECK (stateFolder ("autosave").empty());
    CHECK (configFolder ("recent").empty());

    ::setenv ("HOME", "/home/ada", 1);
    CHECK (dataFolder ("takes") == "/home/ada/.local/share/tableread/takes");
    CHECK (stateFolder ("autosave") == "/home/ada/.local/state/tableread/autosave");
    CHECK (configFolder ("recent") == "/home/ada/.config/tableread/recent");

    ::setenv ("XDG_DATA_HOME", "/data", 1);
    ::setenv ("XDG_STATE_HOME", "/state", 1);
    ::setenv ("XDG_CONFIG_HOME", "relative", 1); // invalid by the specification, so it is ignored
    CHECK (dataFolder ("takes") == "/data/tableread/takes");
    CHECK (stateFolder ("autosave") == "/state/tableread/autosave");
    CHECK (configFolder ("recent") == "/home/ada/.config/tableread/recent");
}
