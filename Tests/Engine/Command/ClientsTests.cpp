// SPDX-License-Identifier: Apache-2.0
// The documented examples, on the real program with the embedded model.
#include <cstdlib>

#include <catch2/catch.hpp>

#include "Support/EngineProgram.h"

using namespace tableread;
using namespace tableread::test;

TEST_CASE ("The protocol's curl examples do what they say", "[.slow][engine][command][serve][clients]")
{
    const TemporaryFolder folder;
    const EngineProgram engine (TABLEREAD_ENGINE_PROGRAM,
                                { "--voice-store", (folder.path() / "voices").string() });
    const auto command =
        "'" TABLEREAD_ROOT "/Tests/Scripts/protocol-examples' '" + engine.socket().string() + "'";
    CHECK (std::system (command.c_str()) == 0); // NOLINT(concurrency-mt-unsafe): the only thread
}
