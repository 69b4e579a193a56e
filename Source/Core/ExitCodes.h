// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Core/Error.h"

namespace tableread
{
/** Exit codes of both programs. Those of signals are 128 and the signal's number, as in a shell. If several apply: a
    signal's, then 75, then 4, then 2. */
inline constexpr int exitOk = 0;        // all that was asked for is there
inline constexpr int exitInternal = 1;  // a fault of ours
inline constexpr int exitRefused = 2;   // cannot be done as asked; trying again does not help
inline constexpr int exitBusy = 3;      // another program has what this one needs
inline constexpr int exitCut = 4;       // finished, but speech was cut unasked, or is missing
inline constexpr int exitTryAgain = 75; // something outside failed; EX_TEMPFAIL of sysexits.h

int exitCodeOf (ErrorCode code);

/** The same for people, for --help. */
extern const char* const exitCodes;
} // namespace tableread
