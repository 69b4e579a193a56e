// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <spawn.h>

extern char** environ;

namespace tableread::test
{
/** A screen that nobody sees, for what needs a window: Xvfb, without a window manager, until this object ends. The environment
    variable DISPLAY names it. It is never number 0, where programs without that variable look for a screen. Throws where there
    is no Xvfb. */
class VirtualDisplay
{
public:
    VirtualDisplay (int width, int height)
    {
        constexpr int tries = 20, first = 100, numbers = 50'000;
        const auto size = std::to_string (width) + 'x' + std::to_string (height) + "x24";
        for (int i = 0; i < tries; ++i)
            if (start (":" + std::to_string (first + (::getpid() + 7 * i) % numbers), size))
                return;
        throw std::runtime_error ("Xvfb does not start. Assets/setup/test soak installs it.");
    }

    ~VirtualDisplay()
    {
        ::kill (process, SIGTERM);
        ::waitpid (process, nullptr, 0);
    }

    VirtualDisplay (const VirtualDisplay&) = delete;
    VirtualDisplay& operator= (const VirtualDisplay&) = delete;

private:
    /** @returns whether that number was free. */
    bool start (const std::string& name, const std::string& size)
    {
        constexpr int readyFd = 3; // where Xvfb writes once it is ready
        std::array<int, 2> ends {};
        if (::pipe2 (ends.data(), O_CLOEXEC) != 0)
            throw std::runtime_error ("no pipe for Xvfb");
        std::array<std::string, 10> words { "Xvfb",    name,      "-displayfd", std::to_string (readyFd),
                                            "-screen", "0",       size,         "-nolisten",
                                            "tcp",     "-noreset" };
        std::array<char*, 11> arguments {};
        for (std::size_t i = 0; i < words.size(); ++i)
            arguments.at (i) = words.at (i).data();
        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init (&files);
        posix_spawn_file_actions_adddup2 (&files, ends[1], readyFd);
        posix_spawn_file_actions_addopen (&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        const int failed =
            posix_spawnp (&process, words[0].c_str(), &files, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy (&files);
        ::close (ends[1]);
        char letter = 0;
        while (letter != '\n' &&
               ::read (ends[0], &letter, 1) == 1) // all of it: Xvfb ends where it cannot write
        {}
        const bool isReady = failed == 0 && letter == '\n';
        ::close (ends[0]);
        if (isReady)
            ::setenv ("DISPLAY", name.c_str(), 1);
        else if (failed == 0)
            ::waitpid (process, nullptr, 0);
        return isReady;
    }

    pid_t process = -1;
};
} // namespace tableread::test
