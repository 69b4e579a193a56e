// SPDX-License-Identifier: Apache-2.0
#include "Core/Process/StandardStreams.h"

#include <initializer_list>

#include <fcntl.h>
#include <unistd.h>

namespace tableread
{
bool openClosedStandardStreams()
{
    const auto isOpen = [] (int descriptor) { return ::fcntl (descriptor, F_GETFD) != -1; };
    const bool hasOutput = isOpen (STDOUT_FILENO);
    for (const int descriptor : { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO })
    {
        if (isOpen (descriptor))
            continue;
        const int opened = ::open ("/dev/null", O_RDWR); // takes the lowest number that is free
        if (opened > STDERR_FILENO)
            ::close (opened);
    }
    return hasOutput;
}
} // namespace tableread
