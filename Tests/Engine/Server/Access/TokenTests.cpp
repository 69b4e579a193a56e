// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "Server/Access/Token.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
const std::string longSecret = "0123456789abcdef0123456789ABCDEF";

/** A file that only this user may read. */
struct TokenFile
{
    explicit TokenFile (const std::string& content) : path (folder.path() / "token")
    {
        std::ofstream (path, std::ios::binary) << content;
        mode (0600);
    }

    void mode (mode_t wanted) const { REQUIRE (chmod (path.c_str(), wanted) == 0); }

    /** The reason against the file; empty if there is none. */
    std::string refusal (ErrorCode code = ErrorCode::InvalidInput) const
    {
        const auto token = Token::read (path);
        if (token)
            return {};
        CHECK (token.error().code == code);
        CHECK_THAT (token.error().message, Catch::Contains (path.string()) &&
                                               Catch::Contains ("(umask 077; openssl rand -hex 32 > FILE)"));
        CHECK_THAT (token.error().message, ! Catch::Contains (longSecret));
        return token.error().message;
    }

    TemporaryFolder folder;
    const std::filesystem::path path;
};
} // namespace

TEST_CASE ("A token is the one line of its file", "[engine][server][access]")
{
    const auto end = GENERATE (as<std::string> {}, "", "\n");
    const TokenFile file (longSecret + end);
    CHECK (Token::read (file.path).value().is (longSecret));
    file.mode (0400);
    CHECK (Token::read (file.path).value().is (longSecret));
}

TEST_CASE ("A token that differs in anything is not the token", "[engine][server][access]")
{
    const Token token (longSecret);
    CHECK (token.is (longSecret));
    for (std::size_t i = 0; i < longSecret.size(); ++i)
    {
        auto other = longSecret;
        other[i] ^= 1;
        CAPTURE (i);
        CHECK (! token.is (other));
        CHECK (! token.is (longSecret.substr (0, i)));
        CHECK (! token.is (longSecret.substr (i + 1)));
    }
    CHECK (! token.is (""));
    CHECK (! token.is (longSecret + 'x'));
    CHECK (! token.is (longSecret + '\0'));
    CHECK (! token.is (longSecret + longSecret));
    CHECK (! token.is (std::string (Token::mostBytes + 1, 'x')));
    const std::string longest (Token::mostBytes, 'x');
    CHECK (Token (longest).is (longest));
    CHECK (! Token (longest).is (longest + 'x'));
    CHECK (! Token (longest).is (longest.substr (1) + 'y'));
    CHECK (! Token (longest).is (longest.substr (1)));
}

TEST_CASE ("A token has 16 to 4096 printable characters", "[engine][server][access][errors]")
{
    CHECK (TokenFile (std::string (16, '~')).refusal().empty());
    CHECK (TokenFile (std::string (4096, '!') + '\n').refusal().empty());
    const auto content =
        GENERATE (as<std::string> {}, "", "\n", std::string (15, 'x'), std::string (15, 'x') + "\n",
                  std::string (4097, 'x'), std::string (4096, 'x') + "\n\n", std::string (100'000, 'x'),
                  longSecret + "\n\n", "\n" + longSecret, longSecret + "\n" + longSecret, longSecret + "\r\n",
                  longSecret + " ", "two words of a token", "\t" + longSecret, longSecret + '\0',
                  longSecret + "\x7f", longSecret + "\xc3\xa4");
    CAPTURE (content.substr (0, 60), content.size());
    CHECK_THAT (TokenFile (content).refusal(), Catch::Contains ("16 to 4096 printable ASCII characters"));
}

TEST_CASE ("A token file is closed to others and belongs to its user", "[engine][server][access][errors]")
{
    const TokenFile file (longSecret);
    SECTION ("its mode")
    {
        const auto open = GENERATE (0640u, 0620u, 0610u, 0604u, 0602u, 0601u, 0660u, 0666u, 0777u);
        file.mode (open);
        CHECK_THAT (file.refusal(), Catch::Contains ("is open to other users"));
    }
    SECTION ("its owner")
    {
        if (geteuid() != 0)
        {
            WARN ("only root can give a file away: not tested");
            return;
        }
        REQUIRE (chown (file.path.c_str(), 65534, 65534) == 0);
        CHECK_THAT (file.refusal(), Catch::Contains ("belongs to user 65534"));
    }
}

TEST_CASE ("A token file is a file", "[engine][server][access][errors]")
{
    const TokenFile file (longSecret);
    const auto real = file.folder.path() / "real";
    std::filesystem::rename (file.path, real);
    SECTION ("not missing")
    {
        CHECK_THAT (file.refusal (ErrorCode::NotFound), Catch::Contains ("No such file"));
    }
    SECTION ("not a link")
    {
        std::filesystem::create_symlink (real, file.path);
        CHECK_THAT (file.refusal(), Catch::Contains ("is a symbolic link"));
    }
    SECTION ("not a folder")
    {
        std::filesystem::create_directory (file.path);
        CHECK_THAT (file.refusal(), Catch::Contains ("not a regular file"));
    }
    SECTION ("not a pipe that nobody writes to")
    {
        REQUIRE (mkfifo (file.path.c_str(), 0600) == 0);
        CHECK_THAT (file.refusal(), Catch::Contains ("not a regular file"));
    }
    SECTION ("not a device")
    {
        CHECK (Token::read ("/dev/null").error().code == ErrorCode::InvalidInput);
    }
}
