// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include "Core/Error.h"
#include "Core/FileId.h"
#include "Core/LockFile.h"

namespace tableread::engine
{
/** A listening Unix socket that only this user can reach and that has one engine as owner at a time.

    Order      claim() first (cheap: is another engine there?), then listen(): a socket that exists is one that answers.
    Folder     created with mode 0700 if missing; engineSocketPath() checks the default one. The socket has mode 0600
               from the start, in any folder.
    Others     a lock file next to the socket is held by the live engine; a socket without one is stale and is replaced.
    Removed    socket and lock file are told apart by their inodes, so those of another engine are never removed.
               renew() gets back what others have removed.
    systemd    may be the one who listens (inherited()): then nothing of this is the engine's, and nothing is removed.
*/
class UnixSocket
{
public:
    /** An engine that has stopped listening still holds the lock until its memory is free: `patience` is how long to
        wait for that.
        @returns Busy if an engine runs there, InvalidInput if the path is too long or is not a socket,
        Io if its folder cannot be created or written to. */
    [[nodiscard]] static Result<UnixSocket> claim (std::filesystem::path path,
                                                   std::chrono::milliseconds patience = {});

    /** The socket that whoever started this process passes to it (LISTEN_PID, LISTEN_FDS; sd_listen_fds(3)), if any.
        @returns InvalidInput if there are several, or one that is no listening Unix socket. */
    [[nodiscard]] static Result<std::optional<UnixSocket>> inherited();

    UnixSocket (UnixSocket&& other) noexcept;
    UnixSocket& operator= (UnixSocket&&) = delete;
    ~UnixSocket();

    /** Binds and listens. */
    [[nodiscard]] Result<void> listen();

    /** If the socket or its lock file is gone or another one's: locks and listens again. Then fd() is another one, and
        the old one is the caller's to close.
        @returns whether that was so; Busy if another engine has the path. */
    [[nodiscard]] Result<bool> renew();

    /** Removes the socket and lets no further client connect; those who have connected can still be accepted.
        @returns false if the socket is systemd's: whoever connects from now on, its next engine will serve. */
    bool close();

    const std::filesystem::path& path() const { return socketPath; }
    int fd() const { return listenFd; } // -1 before listen()
    bool isInherited() const { return isForeign; }

private:
    explicit UnixSocket (std::filesystem::path path) : socketPath (std::move (path)) {}

    Result<void> makeFolder() const;
    Result<void> takeLock (std::chrono::milliseconds patience);
    Result<void> clearPlace() const;
    Result<void> folderIsSafe();

    std::filesystem::path socketPath;
    std::optional<LockFile> lock;
    int listenFd = -1;
    std::optional<FileId> bound;  // the socket's file
    std::optional<FileId> folder; // in which that is
    bool isForeign = false;
};
} // namespace tableread::engine
