// SPDX-License-Identifier: Apache-2.0
#include "Server/Access/Token.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tableread::engine
{
namespace
{
tl::unexpected<Error> refused (const std::filesystem::path& file, const std::string& why,
                               ErrorCode code = ErrorCode::InvalidInput)
{
    return tl::make_unexpected (Error { code,
                                        "the token file " + file.string() + ' ' + why +
                                            ". Make one with: (umask 077; openssl rand -hex 32 > FILE)",
                                        {} });
}

/** Why an open file may not hold a secret; empty if it may. */
std::string weaknessOf (int file)
{
    struct stat info
    {
    };
    if (fstat (file, &info) != 0 || ! S_ISREG (info.st_mode))
        return "is not a regular file";
    if (info.st_uid != geteuid())
        return "belongs to user " + std::to_string (info.st_uid) + ", not to you";
    if ((info.st_mode & 077) != 0)
        return "is open to other users; chmod 600 closes it";
    return {};
}

/** As much of an open file as a token may have, its line's end, and a byte that is too much. @returns false if reading
    fails. */
bool readTo (std::string& text, int file)
{
    text.resize (Token::mostBytes + 2);
    std::size_t have = 0;
    while (have < text.size())
    {
        const auto got = read (file, text.data() + have, text.size() - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        have += static_cast<std::size_t> (got);
    }
    text.resize (have);
    return true;
}
} // namespace

Result<Token> Token::read (const std::filesystem::path& file)
{
    // O_NONBLOCK: a pipe without a writer would be waited for.
    const int descriptor = open (file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0 && errno == ELOOP)
        return refused (file, "is a symbolic link");
    if (descriptor < 0)
        return refused (file, std::string ("cannot be opened: ") + std::strerror (errno),
                        codeOfSystemError (errno));
    std::string text;
    const auto weakness = weaknessOf (descriptor);
    const bool isRead = weakness.empty() && readTo (text, descriptor);
    const int problem = errno;
    close (descriptor);
    if (! weakness.empty())
        return refused (file, weakness);
    if (! isRead)
        return refused (file, std::string ("cannot be read: ") + std::strerror (problem), ErrorCode::Io);
    if (! text.empty() && text.back() == '\n')
        text.pop_back();
    const auto isPrintable = [] (char c) { return c > ' ' && c < 0x7f; };
    if (text.size() < leastBytes || text.size() > mostBytes ||
        ! std::all_of (text.begin(), text.end(), isPrintable))
        return refused (file, "does not hold one line of " + std::to_string (leastBytes) + " to " +
                                  std::to_string (mostBytes) + " printable ASCII characters without blanks");
    return Token (text);
}

Token::Token (std::string_view text) : size (text.copy (bytes.data(), bytes.size()))
{}

bool Token::is (std::string_view offered) const
{
    if (offered.size() > bytes.size()) // says only how long a token may be
        return false;
    std::array<char, mostBytes> other {};
    offered.copy (other.data(), other.size());
    volatile unsigned difference =
        size == offered.size() ? 0 : 1; // volatile: no compiler ends the loop early
    for (std::size_t i = 0; i < bytes.size(); ++i)
        difference = difference | static_cast<unsigned char> (bytes[i] ^ other[i]);
    return difference == 0;
}
} // namespace tableread::engine
