// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "Http/Beast.h"

namespace tableread::engine
{
/** Notices that a client has closed its socket while nothing is read from it.

    A Unix socket tells. On TCP a closed socket looks like one that shut only its sending half, until something is written to
    it; so its owner is told of that too, and asks by writing something.
    Threads   the I/O thread only.
*/
class HangUpWatch
{
public:
    /** Who watches. */
    struct Watcher
    {
        std::weak_ptr<void> owner;        // of the socket and of this; nothing is called without it
        std::function<void()> whenEnded;  // TCP: the client sends nothing more, or is gone
        std::function<void()> whenHungUp; // it is gone
    };

    explicit HangUpWatch (Socket& client);

    /** Watches until the socket's operations end; nothing if it does already. */
    void begin (const Watcher& watcher);

    /** Sends "100 Continue", which every client of HTTP/1.1 skips before an answer. @returns false if there is no room for
        it, so the client does not read its answers. */
    bool sendInterimResponse();

private:
    Socket& socket;
    bool isTcp;
    bool awaitsError = false, awaitsEnd = false;
};
} // namespace tableread::engine
