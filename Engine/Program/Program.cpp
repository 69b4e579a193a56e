// SPDX-License-Identifier: Apache-2.0
#include "Program/Program.h"

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <sys/ioctl.h>
#include <unistd.h>

#include "Core/Process/StandardStreams.h"
#include "Take/Store/TakeStore.h"

namespace tableread::engine
{
namespace
{
/** Of standard error; 0 if it is not a terminal that can show bars. */
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

int runProgram (int argc, char** argv, const std::function<void (Session&)>& complete)
{
    const bool hasOutput = openClosedStandardStreams();
    std::signal (SIGPIPE, SIG_IGN); // a closed pipe is an error of write(), with a message
    std::signal (SIGXFSZ, SIG_IGN); // and so is a file above its size limit
    std::error_code none;
    const auto executable = std::filesystem::read_symlink ("/proc/self/exe", none);
    Session session { .load = {},
                      .out = std::cout,
                      .err = std::cerr,
                      .terminalColumns = terminalColumns(),
                      .executable = executable,
                      .recordingReader = executable.parent_path() / "tableread-read-recording",
                      .torchProgram = executable.parent_path() / "tableread-torch",
                      .takes =
                          [] (const Settings& settings) {
                              return std::make_shared<TakeStore> (orThrow (takeStoreOptions (settings)));
                          },
                      .hasStandardOutput = hasOutput,
                      .errDescriptor = STDERR_FILENO,
                      .exitNow =
                          [] (int exitCode) {
                              std::cout.flush();
                              std::_Exit (exitCode);
                          } };
    complete (session);
    const int code = runCommandLine ({ argv + 1, argv + argc }, session);
    if (! std::cout.flush() && code == exitOk)
    {
        std::cerr << "tableread-engine: cannot write to standard output: its reader has gone, or the disk is "
                     "full.\n";
        return exitTryAgain;
    }
    return code;
}
} // namespace tableread::engine
