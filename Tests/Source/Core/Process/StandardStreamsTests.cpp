// SPDX-License-Identifier: Apache-2.0
#include "Core/Process/StandardStreams.h"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{
/** Runs in a child process, which cannot use Catch. @returns a bit for each of 0, 1 and 2 that is /dev/null now, and 8
    if the next file that is opened gets one of these numbers; 16 if the function says that standard output was open. */
int openedIn (int closed)
{
    const int zero = ::open ("/dev/zero", O_RDWR);
    for (int descriptor = 0; descriptor < 3; ++descriptor)
        ::dup2 (zero, descriptor);
    for (int descriptor = 0; descriptor < 3; ++descriptor)
        if ((closed >> descriptor & 1) != 0)
            ::close (descriptor);
    int result = tableread::openClosedStandardStreams() ? 16 : 0;
    for (int descriptor = 0; descriptor < 3; ++descriptor)
    {
        struct stat status
        {
        };
        const bool isNull = ::fstat (descriptor, &status) == 0 && status.st_rdev == makedev (1, 3);
        result |= isNull ? 1 << descriptor : 0;
    }
    return result | (::open ("/dev/zero", O_RDONLY) < 3 ? 8 : 0);
}
} // namespace

TEST_CASE ("Closed standard streams become /dev/null, and no other file gets their numbers", "[source][core]")
{
    const int closed = GENERATE (range (0, 8));
    CAPTURE (closed);
    const auto child = ::fork();
    if (child == 0)
        ::_exit (openedIn (closed));
    int status = 0;
    REQUIRE (::waitpid (child, &status, 0) == child);
    REQUIRE (WIFEXITED (status));
    CHECK (WEXITSTATUS (status) == (closed | ((closed & 2) == 0 ? 16 : 0)));
}
