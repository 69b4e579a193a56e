// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <sys/ioctl.h>
#include <unistd.h>

#include "Command/Session.h"

namespace
{
/** Of standard error; 0 where it is no terminal that bars can be drawn on. */
int terminalColumns()
{
    const char* kind = std::getenv ("TERM");
    if (isatty (STDERR_FILENO) == 0 || kind == nullptr || std::string_view (kind) == "dumb")
        return 0;
    constexpr int usual = 80;
    winsize size {};
    return ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}
} // namespace

int main (int argc, char** argv)
{
    using namespace tableread::engine;
    std::signal (SIGPIPE, SIG_IGN); // a reader that goes is an error of write(), told in words
    std::signal (SIGXFSZ, SIG_IGN); // and so is a file that grows over a limit
    std::error_code none;
    Session session { .load = Renderer::load,
                      .out = std::cout,
                      .err = std::cerr,
                      .terminalColumns = terminalColumns(),
                      .executable = std::filesystem::read_symlink ("/proc/self/exe", none),
                      .replay = replay,
                      .convert = convertCheckpoint,
                      .measureGpu = measureGpu };
    const int code = runCommandLine ({ argv + 1, argv + argc }, session);
    if (! std::cout.flush() && code == exitOk)
    {
        std::cerr << "tableread-engine: cannot write to standard output: its reader has gone, or the disk is "
                     "full.\n";
        return exitBadInput;
    }
    return code;
}
