// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>

#include <httplib.h>

namespace tableread::engine
{
/** One accepted client: httplib reads requests from it and writes answers to it.

    Waits     always in poll(), with a limit, together with the client's hang-up and the server's stop: nothing waits
              for a client that is gone, and nothing keeps the server from stopping.
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
        }; // a client that reads nothing for so long is assumed to be gone
    };

    /** Owns `clientFd` (non-blocking); `stopFd` polls readable when the server stops. */
    Connection (int clientFd, int stopFd, Timeouts limits);
    ~Connection() override;
    Connection (const Connection&) = delete;
    Connection& operator= (const Connection&) = delete;

    /** The connection that the calling thread serves; nullptr outside a request. */
    static Connection* current();

    /** Waits for the next request's first byte. @returns false on hang-up, idle timeout or server stop. */
    bool waitForRequest();

    enum class Wake
    {
        Ready,  // otherFd polls readable
        HungUp, // the client closed, or shut down its sending side
        Stopping
    };

    /** Waits without a timeout for another descriptor, the client's hang-up, or the stop. */
    Wake waitFor (int otherFd) const;

    /** Reads no further request: the client's data is no longer in sync with HTTP. */
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
    Clock::time_point deadline; // of the current request
    std::array<char, 4096> buffer {};
    std::size_t begin = 0, end = 0; // range of unread bytes in the buffer
};
} // namespace tableread::engine
