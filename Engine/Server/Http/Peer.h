// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <sys/types.h>

namespace tableread::engine
{
/** Who is at the other end of a connected socket: "process 4711" on a Unix socket, the address on TCP. Empty if the system
    does not say. */
std::string peerOf (int socket);

/** The user at the other end of a Unix socket. */
std::optional<uid_t> userOf (int socket);

bool isTcpSocket (int socket);

/** Sends each piece of an answer at once, and lets the system find out within `silence` that the machine at the other end
    is gone. */
void prepareTcpSocket (int socket, std::chrono::milliseconds silence);
} // namespace tableread::engine
