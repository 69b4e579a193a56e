// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "Core/Error.h"

namespace tableread
{
/** The environment variables and folder that determine the engine's socket; a struct so that tests can vary it. */
struct RuntimeEnvironment
{
    std::optional<std::string> socketOverride; // TABLEREAD_SOCKET
    std::optional<std::string> runtimeFolder;  // XDG_RUNTIME_DIR
    std::filesystem::path temporaryFolder = "/tmp";

    static RuntimeEnvironment current();
};

/** The Unix socket on which this user's engine listens: TABLEREAD_SOCKET, or `engine.sock` in the folder
    `tableread` of XDG_RUNTIME_DIR, or in `/tmp/tableread-UID`. Creates the folder if it does not exist. A relative
    XDG_RUNTIME_DIR is ignored, as its specification demands.
    @returns Io or InvalidInput if the folder belongs to another user, is open to others or is a link, or if the
             path is too long for a socket's address. */
[[nodiscard]] Result<std::filesystem::path>
engineSocketPath (const RuntimeEnvironment& environment = RuntimeEnvironment::current());

/** What to do about XDG_RUNTIME_DIR if engineSocketPath() had to do without it; else empty. */
std::string socketAdvice (const RuntimeEnvironment& environment = RuntimeEnvironment::current());

/** The file that the engine which listens on `socket` holds (LockFile). */
std::filesystem::path socketLockPath (const std::filesystem::path& socket);

/** Where an engine logs that was started to listen on `socket`. */
std::filesystem::path socketLogPath (const std::filesystem::path& socket);

/** How errors name a private folder, and how to choose another one. */
struct PrivateFolder
{
    std::string name = "the folder for the engine's socket";
    std::string choice = "Set TABLEREAD_SOCKET to a path in a folder of your own.";
};

/** Creates `folder` with mode 0700, or checks that it is a real folder that only this user can access. */
[[nodiscard]] Result<void> makePrivateFolder (const std::filesystem::path& folder,
                                              const PrivateFolder& words = {});
} // namespace tableread
