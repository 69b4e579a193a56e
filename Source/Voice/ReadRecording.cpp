// SPDX-License-Identifier: Apache-2.0
// tableread-read-recording FILE SECONDS MOST: decodes one recording of at most MOST seconds for the process that started it
// (ReaderProcess.h), and writes it, or why there is none, to standard output. It ends itself after SECONDS.
#include <cstdio>
#include <cstdlib>
#include <new>

#include <csignal>
#include <sys/prctl.h>
#include <unistd.h>

#include "Voice/Recording.h"

namespace
{
/** A decoder may be in an endless loop when the parent goes away. */
void endWithParent (unsigned seconds)
{
    ::prctl (PR_SET_PDEATHSIG, SIGKILL);
    ::alarm (seconds);
}

tableread::Result<tableread::Recording> recordingIn (const char* file, double mostSeconds)
{
    try
    {
        return tableread::readRecording (file, mostSeconds);
    }
    catch (const std::bad_alloc&)
    {
        return tl::unexpected (
            tableread::Error { tableread::ErrorCode::OutOfMemory,
                               "there is no memory to read the recording. Close other programs.",
                               {} });
    }
}
} // namespace

int main (int count, char** arguments)
{
    if (count != 4)
    {
        std::fputs (
            "tableread-read-recording is started by tableread-engine. See tableread-engine render --help.\n",
            stderr);
        return 2;
    }
    endWithParent ((unsigned) std::strtoul (arguments[2], nullptr, 10));
    const auto bytes = tableread::toBytes (recordingIn (arguments[1], std::strtod (arguments[3], nullptr)));
    const bool isWritten = std::fwrite (bytes.data(), 1, bytes.size(), stdout) == bytes.size();
    return isWritten && std::fflush (stdout) == 0 ? 0 : 1;
}
