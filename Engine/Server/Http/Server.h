// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "Server/Http/Listener.h"
#include "Server/Http/Route.h"

namespace tableread::engine
{
/** An HTTP/1.1 server on one I/O thread: a client that waits costs a descriptor and a few KiB, never a thread.

    Threads   serve() runs the I/O on its caller. Handlers of routes that wait run on a few workers. stop(): any thread.
    Limits    HttpLimits. Beyond the number of connections one that is idle makes room (ConnectionTable.h); if none is,
              the new one gets 503.
*/
class HttpServer
{
public:
    struct Options
    {
        HttpLimits limits;
        std::size_t workers = 4;
        std::size_t waiting = 256;                // requests that wait for a worker; more: 503
        std::chrono::milliseconds idleExit { 0 }; // exit after so long without any client; 0: never
        std::function<void (const HttpAccess&)> whenAnswered = {}; // called on the I/O thread; must not wait
    };

    /** Makes the answer that refuses a request. [any thread] */
    using RefusalAnswer = std::function<HttpAnswer (const Refusal&)>;

    HttpServer (const Options& options, std::vector<HttpRoute> routes, RefusalAnswer refusalAnswer);
    ~HttpServer();

    enum class End
    {
        Stopped,
        Idle,
        Failed // the system gives no more connections
    };

    /** Answers the clients of all listeners until stop() or the idle limit. An answer that has begun is cut off then,
        without its last chunk. */
    End serve (std::vector<HttpListener> listeners);

    void stop();

    /** Ends as soon as no client is being answered, as after the idle limit. [any thread] */
    void retire();

    /** A listener's socket is another one from now on. Those who wait at the old one are accepted, and it is closed.
        [any thread] */
    void moveListener (int from, int to);

private:
    class Core;
    std::unique_ptr<Core> core;
};
} // namespace tableread::engine
