// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>

#include <httplib.h>

#include "Server/Connection.h"

namespace tableread::engine
{
/** httplib's parsing, routing and answering on our own connections, so that hang-ups are seen at once, stopping
    never waits, and an idle engine sleeps in one poll().

    Threads   serve() runs the accept loop on its caller and each connection on a pool; stop() from any thread.
*/
class HttpServer : private httplib::Server
{
public:
    struct Options
    {
        std::size_t threads =
            32; // connections served at once; as many again wait, and further ones are refused
        Connection::Timeouts timeouts;
        std::chrono::milliseconds idleExit { 0 }; // exit after so long without any client; 0: never
    };

    explicit HttpServer (Options options);
    ~HttpServer() override;

    using httplib::Server::Get;
    using httplib::Server::Post;
    using httplib::Server::set_default_headers;
    using httplib::Server::set_error_handler;
    using httplib::Server::set_exception_handler;
    using httplib::Server::set_payload_max_length;

    enum class End
    {
        Stopped,
        Idle,
        Failed // waiting for clients failed
    };

    /** Answers clients of the listening, non-blocking socket until stop() or the idle limit. Open answers are cut
        off without their last chunk. */
    End serve (int listenFd);

    void stop();

private:
    bool process_and_close_socket (socket_t client) override;
    void accept (int listenFd, httplib::ThreadPool& pool);
    int millisecondsToIdleExit() const;

    Options options;
    std::mutex stopMutex; // makes the destructor wait for a stop() running in another thread
    int stopFd = -1;
    int leftFd = -1; // polls readable when a client has left
    std::atomic<std::size_t> clients { 0 };
    std::atomic<std::chrono::steady_clock::time_point> lastClient;
};
} // namespace tableread::engine
