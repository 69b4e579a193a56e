// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include "EngineLink/SocketPath.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
namespace fs = std::filesystem;

TEST_CASE ("The socket is where the environment says", "[source][enginelink]")
{
    const test::TemporaryFolder temporary;
    const auto user = "tableread-" + std::to_string (::getuid());

    CHECK (engineSocketPath ({ "/x/y.sock", "/nowhere", "/nowhere" }).value() == "/x/y.sock");
    CHECK (engineSocketPath ({ std::nullopt, temporary.path(), "/nowhere" }).value() ==
           fs::path (temporary.path()) / "tableread" / "engine.sock");
    CHECK (engineSocketPath ({ std::nullopt, std::nullopt, temporary.path() }).value() ==
           fs::path (temporary.path()) / user / "engine.sock");

    struct stat status = {};
    REQUIRE (::stat ((temporary.path() / user).c_str(), &status) == 0);
    CHECK ((status.st_mode & 0777) == 0700);
}

TEST_CASE ("Without a runtime folder the socket is in /tmp and somebody is told what to do",
           "[source][enginelink]")
{
    const test::TemporaryFolder temporary;
    const auto folder = temporary.path() / ("tableread-" + std::to_string (::getuid()));
    const auto relative = GENERATE (as<std::optional<std::string>> {}, std::nullopt, "run/user/1000", "");
    const RuntimeEnvironment environment { std::nullopt, relative, temporary.path() };
    CHECK (engineSocketPath (environment).value() == folder / "engine.sock");
    CHECK_THAT (socketAdvice (environment),
                Catch::StartsWith (relative ? "XDG_RUNTIME_DIR is \"" + *relative + "\", not an absolute path"
                                            : "XDG_RUNTIME_DIR is not set") &&
                    Catch::Contains ("so the engine's socket is in " + folder.string() +
                                     ": log in with a session that sets it"));

    CHECK (socketAdvice ({ "/x/y.sock", relative, temporary.path() }).empty());
    CHECK (socketAdvice ({ std::nullopt, temporary.path(), "/nowhere" }).empty());
}

TEST_CASE ("A folder that others could reach into is refused", "[source][enginelink]")
{
    const test::TemporaryFolder temporary;
    const auto folder = temporary.path() / "tableread";
    const RuntimeEnvironment environment { std::nullopt, temporary.path(), "/nowhere" };

    SECTION ("open to others")
    {
        fs::create_directory (folder);
        fs::permissions (folder, fs::perms (0770));
        CHECK_THAT (engineSocketPath (environment).error().text(), Catch::Contains ("open to other users"));
    }
    SECTION ("a link")
    {
        fs::create_directory (temporary.path() / "elsewhere");
        fs::permissions (temporary.path() / "elsewhere", fs::perms (0700));
        fs::create_directory_symlink (temporary.path() / "elsewhere", folder);
        CHECK_THAT (engineSocketPath (environment).error().text(), Catch::Contains ("is not a folder"));
    }
    SECTION ("a file")
    {
        REQUIRE (::mknod (folder.c_str(), S_IFREG | 0600, 0) == 0);
        CHECK_THAT (engineSocketPath (environment).error().text(), Catch::Contains ("is not a folder"));
    }
    SECTION ("somebody else's")
    {
        if (::geteuid() == 0) // only root can make one
        {
            fs::create_directory (folder);
            fs::permissions (folder, fs::perms (0700));
            REQUIRE (::chown (folder.c_str(), 12345, 12345) == 0);
            CHECK_THAT (engineSocketPath (environment).error().text(),
                        Catch::Contains ("belongs to user 12345"));
        }
    }
    SECTION ("in a folder that is not there")
    {
        CHECK_FALSE (engineSocketPath ({ std::nullopt, temporary.path() / "missing", "/nowhere" }));
        CHECK_THAT (
            engineSocketPath ({ std::nullopt, temporary.path() / "missing", "/nowhere" }).error().message,
            Catch::Contains ("XDG_RUNTIME_DIR names " + (temporary.path() / "missing").string() +
                             ", which is not there: log in"));
    }
}

TEST_CASE ("A path that no socket address can hold is refused", "[source][enginelink]")
{
    CHECK (engineSocketPath ({ '/' + std::string (106, 'a'), std::nullopt, {} }));
    const auto tooLong = engineSocketPath ({ '/' + std::string (107, 'a'), std::nullopt, {} });
    REQUIRE_FALSE (tooLong);
    CHECK_THAT (tooLong.error().message, Catch::Contains ("108 bytes, at most 107"));
}
