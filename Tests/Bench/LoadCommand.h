// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace tableread::test
{
/** Runs tableread-load with these arguments, without the program's name.
    @returns the exit code: 0, 1 if a stream differed, an error other than 503 came or nothing was done, 2 if the
             arguments make no sense, 75 if no engine answered. */
int runLoadCommand (const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err);
} // namespace tableread::test
