// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
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
unsigned modeOf (const std::filesystem::path& path)
{
    struct stat info
    {
    };
    return lstat (path.c_str(), &info) == 0 ? info.st_mode & 0777u : 0u;
}

/** A socket file whose creator was killed. */
void leaveStaleSocket (const std::filesystem::path& path)
{
    const int fd = socket (AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    path.string().copy (address.sun_path, sizeof (address.sun_path) - 1);
    REQUIRE (bind (fd, reinterpret_cast<const sockaddr*> (&address), sizeof (address)) == 0);
    close (fd);
}
} // namespace

TEST_CASE ("The socket and the folder that is made for it are closed to others", "[engine][server][socket]")
{
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "new" / "engine.sock";
    const auto oldMask = umask (0);
    {
        auto socket = UnixSocket::claim (path).value();
        CHECK (! std::filesystem::exists (path)); // no socket before the engine can answer
        REQUIRE (socket.listen());
        CHECK (modeOf (path) == 0600);
        CHECK (modeOf (path.parent_path()) == 0700);
        CHECK (modeOf (path.string() + ".lock") == 0600);
        CHECK_NOTHROW (RawClient (path));
    }
    umask (oldMask);
    CHECK (std::filesystem::is_empty (path.parent_path()));
}

TEST_CASE ("A stale socket is replaced", "[engine][server][socket]")
{
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "engine.sock";
    leaveStaleSocket (path);
    std::ofstream (path.string() + ".lock") << "of an engine that was killed";
    auto socket = UnixSocket::claim (path);
    REQUIRE (socket);
    REQUIRE (socket->listen());
    CHECK_NOTHROW (RawClient (path));
}

TEST_CASE ("A living engine keeps its socket", "[engine][server][socket]")
{
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "engine.sock";
    auto first = UnixSocket::claim (path);
    REQUIRE (first);
    const bool listens = GENERATE (false, true); // also while it loads its model
    if (listens)
        REQUIRE (first->listen());

    const auto second = UnixSocket::claim (path);
    REQUIRE (! second);
    CHECK (second.error().code == ErrorCode::Busy);
    CHECK_THAT (second.error().message, Catch::Contains ("an engine already runs at " + path.string()));
    if (listens)
        CHECK_NOTHROW (RawClient (path));
}

TEST_CASE ("A living listener without a lock keeps its socket too", "[engine][server][socket]")
{
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "engine.sock";
    auto first = UnixSocket::claim (path);
    REQUIRE (first->listen());
    std::filesystem::remove (path.string() + ".lock");
    CHECK (UnixSocket::claim (path).error().code == ErrorCode::Busy);
    CHECK_NOTHROW (RawClient (path));
}

TEST_CASE ("A path that cannot hold a socket is left alone and named", "[engine][server][socket][errors]")
{
    const test::TemporaryFolder folder;
    SECTION ("a file of the user")
    {
        std::ofstream (folder.path() / "notes.txt") << "important";
        const auto refused = UnixSocket::claim (folder.path() / "notes.txt");
        REQUIRE (! refused);
        CHECK_THAT (refused.error().message, Catch::Contains ("not a socket"));
        CHECK (std::filesystem::file_size (folder.path() / "notes.txt") == 9);
    }
    SECTION ("a path that is too long")
    {
        const auto refused = UnixSocket::claim (folder.path() / std::string (120, 'x'));
        REQUIRE (! refused);
        CHECK_THAT (refused.error().message, Catch::Contains ("107"));
    }
    SECTION ("a folder that cannot be made")
    {
        const auto refused = UnixSocket::claim (folder.path() / "a" / "b" / "engine.sock");
        REQUIRE (! refused);
        CHECK_THAT (refused.error().message, Catch::Contains ("No such file or directory"));
    }
}
