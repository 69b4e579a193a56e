// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>

#include <httplib.h>

namespace tableread::engine
{
/** One accepted client: what httplib reads requests from and writes answers to.

    Waits     always in poll(), with a limit, together with the client's hang-up and the server's stop: nothing waits
              for a client that is gone or keeps the server from stopping.
    Threads   one at a time.
*/
class Connection : public httplib::Stream
{
public:
    struct Timeouts
    {
        std::chrono::milliseconds idle { 5'000 };     // between requests
        std::chrono::milliseconds request { 10'000 }; // from the first byte of a request to its last
        std::chrono::milliseconds write {
            30'000
        }; // a client that reads nothing for so long is taken for gone
    };

    /** Owns `clientFd` (non-blocking); `stopFd` polls readable when the server stops. */
    Connection (int clientFd, int stopFd, Timeouts limits);
    ~Connection() override;
    Connection (const Connection&) = delete;
    Connection& operator= (const Connection&) = delete;

    /** The connection that the calling thread serves; nullptr outside a request. */
    static Connection* current();

    /** Waits for the next request's first byte. @returns false at its end: hang-up, idle for too long, server stops. */
    bool waitForRequest();

    enum class Wake
    {
        Ready,  // otherFd polls readable
        HungUp, // the client closed, or shut its sending half
        Stopping
    };

    /** Waits without a limit for another descriptor, the client's hang-up, or the stop. */
    Wake waitFor (int otherFd) const;

    /** No further request is read: what the client sent is not in step with HTTP any more. */
    void closeAfterwards() { closing = true; }
    bool closesAfterwards() const { return closing; }

    bool is_readable() const override;
    bool is_writable() const override;
    ssize_t read (char* to, std::size_t size) override;
    ssize_t write (const char* from, std::size_t size) override;
    void get_remote_ip_and_port (std::string& ip, int& port) const override;
    void get_local_ip_and_port (std::string& ip, int& port) const override;
    socket_t socket() const override { return fd; }

private:
    using Clock = std::chrono::steady_clock;

    bool fill (std::chrono::milliseconds limit);

    int fd;
    int stop;
    Timeouts timeouts;
    bool closing = false;
    Clock::time_point deadline; // of the request in hand
    std::array<char, 4096> buffer {};
    std::size_t begin = 0, end = 0; // unread bytes of the buffer
};
} // namespace tableread::engine
