// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "Server/Access/UnixSocket.h"

namespace tableread::engine
{
/** Notices when somebody removes or replaces a listening socket or its lock file, as cleaners of /tmp do, and lets the
    socket listen again.

    Threads   one of its own, which sleeps until the system reports a change in the socket's folder. It alone uses the
              socket, until stop() has returned.
*/
class SocketWatch
{
public:
    struct Hooks
    {
        std::function<void (int before, int now)> renewed; // the descriptor where clients connect
        std::function<void (const std::string&)>
            taken; // by another engine, which the sentence says; the last call
        std::function<void (const std::string&)> failed; // so far; it goes on trying
    };

    /** All of them must outlive it. */
    SocketWatch (UnixSocket& watched, Hooks hooks);
    ~SocketWatch();
    SocketWatch (const SocketWatch&) = delete;
    SocketWatch& operator= (const SocketWatch&) = delete;

    /** Ends the thread; any other may call it, once. */
    void stop();

private:
    void run();
    bool follow();
    bool wait (bool isFollowing);
    bool pause (std::chrono::milliseconds duration) const;
    bool look();

    UnixSocket& socket;
    const Hooks hooks;
    int changes = -1; // inotify; -1 if the system has none left
    int folder = -1;  // what of it watches the folder
    int ends = -1;    // an eventfd
    std::string told; // the failure that was told last
    std::thread thread;
};
} // namespace tableread::engine
