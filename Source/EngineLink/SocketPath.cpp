// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/SocketPath.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace tableread
{
namespace
{
std::optional<std::string> variable (const char* name)
{
    const char* value = std::getenv (name);
    return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string> (value);
}

tl::unexpected<Error> refused (const std::filesystem::path& folder, const std::string& why)
{
    return tl::unexpected (Error { ErrorCode::InvalidInput, why, folder.string() });
}

constexpr const char* advice =
    "log in with a session that sets it, or set it (or TABLEREAD_SOCKET) alike for the engine and the host.";

/** Empty if there is none that counts. */
std::filesystem::path runtimeFolder (const RuntimeEnvironment& environment)
{
    std::filesystem::path folder = environment.runtimeFolder.value_or ("");
    return folder.is_absolute() ? folder : std::filesystem::path();
}

Result<std::filesystem::path> checkLength (std::filesystem::path socket)
{
    constexpr auto limit = sizeof (sockaddr_un::sun_path) - 1;
    const auto length = socket.native().size();
    if (length > limit)
        return tl::unexpected (Error { ErrorCode::InvalidInput,
                                       "the socket's path has " + std::to_string (length) +
                                           " bytes, at most " + std::to_string (limit) +
                                           " are allowed. Set TABLEREAD_SOCKET to a shorter one.",
                                       socket.string() });
    return socket;
}
} // namespace

RuntimeEnvironment RuntimeEnvironment::current()
{
    return { variable ("TABLEREAD_SOCKET"), variable ("XDG_RUNTIME_DIR"), "/tmp" };
}

Result<void> makePrivateFolder (const std::filesystem::path& folder, const PrivateFolder& words)
{
    const auto failed = [&] (const char* what) {
        const int problem = errno;
        return tl::unexpected (Error { codeOfSystemError (problem),
                                       words.name + " cannot be " + what + ": " + std::strerror (problem),
                                       folder.string() });
    };
    if (::mkdir (folder.c_str(), 0700) != 0 && errno != EEXIST)
        return failed ("made");

    // lstat, not stat: in /tmp another user's link could redirect the socket anywhere.
    struct stat status = {};
    if (::lstat (folder.c_str(), &status) != 0)
        return failed ("read");
    if (! S_ISDIR (status.st_mode))
        return refused (folder, "this must be " + words.name + ", but it is not a folder. Remove it.");
    if (status.st_uid != ::getuid())
        return refused (folder, words.name + " belongs to user " + std::to_string (status.st_uid) +
                                    ", not to you. " + words.choice);
    if ((status.st_mode & 077) != 0)
        return refused (folder, words.name + " is open to other users. Run chmod 700 on it.");
    return {};
}

Result<std::filesystem::path> engineSocketPath (const RuntimeEnvironment& environment)
{
    if (environment.socketOverride)
        return checkLength (*environment.socketOverride);

    const auto runtime = runtimeFolder (environment);
    const auto folder = runtime.empty()
                            ? environment.temporaryFolder / ("tableread-" + std::to_string (::getuid()))
                            : runtime / "tableread";
    if (auto made = makePrivateFolder (folder); ! made)
    {
        auto error = made.error();
        if (error.code == ErrorCode::NotFound && ! runtime.empty())
            error.message +=
                ". XDG_RUNTIME_DIR names " + runtime.string() + ", which is not there: " + advice;
        return tl::unexpected (std::move (error));
    }
    return checkLength (folder / "engine.sock");
}

std::string socketAdvice (const RuntimeEnvironment& environment)
{
    if (environment.socketOverride || ! runtimeFolder (environment).empty())
        return {};
    const auto why = environment.runtimeFolder
                         ? "XDG_RUNTIME_DIR is \"" + *environment.runtimeFolder + "\", not an absolute path"
                         : std::string ("XDG_RUNTIME_DIR is not set");
    return why + ", so the engine's socket is in " + environment.temporaryFolder.string() + "/tableread-" +
           std::to_string (::getuid()) + ": " + advice;
}

std::filesystem::path socketLockPath (const std::filesystem::path& socket)
{
    return socket.string() + ".lock";
}

std::filesystem::path socketLogPath (const std::filesystem::path& socket)
{
    return std::filesystem::path (socket).replace_extension (".log");
}
} // namespace tableread
