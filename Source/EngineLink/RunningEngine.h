// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include <sys/types.h>

namespace tableread
{
/** The process that began to listen on a socket; 0 if nobody does, or if its queue of new connections is full. */
pid_t listenerAt (const std::filesystem::path& socket);

/** Asks whoever listens on a socket to end as soon as nobody uses it (SIGUSR1; Assets/docs/Protocol.md). Only an engine is
    asked: a process of this user that runs a program of this file name and has the socket's lock file open. A proxy or
    systemd is not.
    @returns whether one was asked. */
bool askToEndWhenIdle (const std::filesystem::path& socket, const std::string& program);
} // namespace tableread
