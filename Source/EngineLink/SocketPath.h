// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "Core/Error.h"

namespace tableread
{
/** What of the process's environment decides where the engine's socket is; a struct so that tests can vary it. */
struct RuntimeEnvironment
{
    std::optional<std::string> socketOverride; // TABLEREAD_SOCKET
    std::optional<std::string> runtimeFolder;  // XDG_RUNTIME_DIR
    std::filesystem::path temporaryFolder = "/tmp";

    static RuntimeEnvironment current();
};

/** The Unix socket on which this user's engine listens: TABLEREAD_SOCKET, or `engine.sock` in the folder
    `tableread` of XDG_RUNTIME_DIR, or in `/tmp/tableread-UID`. Makes the folder if it is not there.
    @returns Io or InvalidInput if the folder belongs to somebody else, is open to others or is a link, or if the
             path is too long for a socket's address. */
[[nodiscard]] Result<std::filesystem::path>
engineSocketPath (const RuntimeEnvironment& environment = RuntimeEnvironment::current());

/** Makes `folder` with mode 0700, or checks that what is there is a real folder of this user and of nobody else. */
[[nodiscard]] Result<void> makePrivateFolder (const std::filesystem::path& folder);
} // namespace tableread
