// SPDX-License-Identifier: Apache-2.0
// tableread-engine: what needs no model is done here; for the rest it becomes tableread-torch, with the same process number,
// arguments and open files.
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <unistd.h>

#include "Program/Program.h"

int main (int argc, char** argv)
{
    using namespace tableread;
    using namespace tableread::engine;
    return runProgram (argc, argv, [argv] (Session& session) {
        session.continueWithTorch = [argv, &session] {
            if (! session.hasStandardOutput) // the other program is to see that, too
                ::close (STDOUT_FILENO);
            ::execv (session.torchProgram.c_str(), argv);
            const int problem = errno;
            fail (codeOfSystemError (problem),
                  fmt::format ("the program that speaks cannot be started: {}. Install TableRead again.",
                               std::strerror (problem)),
                  session.torchProgram.string());
        };
        session.countGpus = [] { return 0; }; // else `batch` asks for Torch
    });
}
