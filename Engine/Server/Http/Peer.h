// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tableread::engine
{
/** Who is at the other end of a connected socket: "process 4711" on a Unix socket, the address on TCP. Empty if the system
    does not say. */
std::string peerOf (int socket);
} // namespace tableread::engine
