// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "Core/Error.h"

namespace tableread::engine
{
/** A listening Unix socket that only this user can reach and that has one engine as owner at a time.

    Order      claim() first (cheap: is another engine there?), then load the model, then listen(): a socket that
               exists is one that answers.
    Folder     created with mode 0700 if missing; engineSocketPath() checks the default one. The socket has mode 0600
               from the start, in any folder.
    Others     a lock file next to the socket is held by the live engine; a socket without one is stale and is replaced.
    End        the destructor removes the socket and the lock file, if they are still ours.
*/
class UnixSocket
{
public:
    /** @returns Busy if an engine runs there, InvalidInput if the path is too long or is not a socket,
        Io if its folder cannot be created or written to. */
    [[nodiscard]] static Result<UnixSocket> claim (std::filesystem::path path);

    UnixSocket (UnixSocket&& other) noexcept;
    UnixSocket& operator= (UnixSocket&&) = delete;
    ~UnixSocket();

    /** Binds and listens. */
    [[nodiscard]] Result<void> listen();

    const std::filesystem::path& path() const { return socketPath; }
    int fd() const { return listenFd; } // -1 before listen()

private:
    explicit UnixSocket (std::filesystem::path path) : socketPath (std::move (path)) {}

    std::filesystem::path socketPath;
    int lockFd = -1;
    int listenFd = -1;
};
} // namespace tableread::engine
