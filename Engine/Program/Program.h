// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "Command/Session.h"

namespace tableread::engine
{
/** What main() does in both programs. @param complete  gives the session what only its program has. @returns the exit
    code. */
int runProgram (int argc, char** argv, const std::function<void (Session&)>& complete);
} // namespace tableread::engine
