// SPDX-License-Identifier: Apache-2.0
#include "Core/ExitCodes.h"

namespace tableread
{
const char* const exitCodes = R"(
Exit codes:
  0    all that was asked for is there
  1    a fault of ours
  2    cannot be done as asked; trying again does not help
  3    busy: another engine has the socket, another program the port, or another render the --stems folder
  4    finished, but speech was cut unasked, or is missing
  75   something outside failed (disk full, memory refused, a drive or a model's file gone): try again; in batch
       also: the engine died, or SIGTERM came
  129, 130, 143   ended by SIGHUP, Ctrl-C, SIGTERM
If several apply: a signal's, then 75, then 4, then 2.)";

int exitCodeOf (ErrorCode code)
{
    switch (code)
    {
        case ErrorCode::Internal:
            return exitInternal;
        case ErrorCode::Busy:
            return exitBusy;
        case ErrorCode::Io:
        case ErrorCode::OutOfMemory:
            return exitTryAgain;
        default:
            return exitRefused;
    }
}
} // namespace tableread
