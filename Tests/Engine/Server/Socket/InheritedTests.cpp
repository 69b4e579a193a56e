// SPDX-License-Identifier: Apache-2.0
// Sockets that systemd passes: in child processes, since they are descriptor 3 and later.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "Server/Access/UnixSocket.h"
#include "Support/RawHttp.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
/** @returns the exit code of a child in which `work` runs with this socket as descriptor 3. */
int withSocket (int fd, const char* count, const std::function<int()>& work)
{
    const auto child = fork();
    if (child == 0)
    {
        dup2 (fd, 3);
        setenv ("LISTEN_PID", std::to_string (getpid()).c_str(), 1);
        setenv ("LISTEN_FDS", count, 1);
        std::_Exit (work());
    }
    int status = -1;
    waitpid (child, &status, 0);
    return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

int refusal()
{
    const auto socket = UnixSocket::inherited();
    return ! socket && socket.error().code == ErrorCode::InvalidInput ? 0 : 1;
}
} // namespace

TEST_CASE ("A socket that systemd passes is used and stays its own", "[engine][server][socket]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "engine.sock";
    auto systemd = UnixSocket::claim (path).value();
    REQUIRE (systemd.listen());
    RawClient client (path);
    CHECK (withSocket (systemd.fd(), "1", [&] {
               auto socket = UnixSocket::inherited();
               if (! socket || ! *socket || (*socket)->fd() != 3 || (*socket)->path() != path ||
                   ! (*socket)->isInherited() || (*socket)->close() ||
                   std::getenv ("LISTEN_FDS") != nullptr || (fcntl (3, F_GETFD) & FD_CLOEXEC) == 0 ||
                   (fcntl (3, F_GETFL) & O_NONBLOCK) == 0 || (*socket)->renew().value_or (true))
                   return 1;
               if (UnixSocket::inherited().value()) // it is passed once
                   return 2;
               return accept (3, nullptr, nullptr) >= 0 ? 0 : 3;
           }) == 0);
    CHECK (std::filesystem::exists (path));
    CHECK_NOTHROW (RawClient (path)); // still listens
}

TEST_CASE ("What is passed to another process, or cannot be used, is not taken",
           "[engine][server][socket][errors]")
{
    CHECK_FALSE (UnixSocket::inherited().value());
    const TemporaryFolder folder;
    auto systemd = UnixSocket::claim (folder.path() / "engine.sock").value();
    REQUIRE (systemd.listen());
    CHECK (withSocket (systemd.fd(), "1", [] {
               setenv ("LISTEN_PID", "1", 1);
               return UnixSocket::inherited().value() ? 1 : 0;
           }) == 0);
    CHECK (withSocket (systemd.fd(), "0", [] { return UnixSocket::inherited().value() ? 1 : 0; }) == 0);
    CHECK (withSocket (systemd.fd(), "2", refusal) == 0);

    const int notListening = socket (AF_UNIX, SOCK_STREAM, 0), tcp = socket (AF_INET, SOCK_STREAM, 0);
    REQUIRE (listen (tcp, 1) == 0);
    CHECK (withSocket (notListening, "1", refusal) == 0);
    CHECK (withSocket (tcp, "1", refusal) == 0);
    close (notListening);
    close (tcp);
}
