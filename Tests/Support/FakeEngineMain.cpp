// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include <unistd.h>

#include "Core/LockFile.h"
#include "EngineLink/SocketPath.h"
#include "Support/FakeEngine.h"

/** tableread-fake-engine serve --socket PATH [--embedded]: an engine process without a model, for tests. It runs until it
    gets a signal, holds the socket's lock file, and writes its process id to the file next to the socket that ends in
    .pids. */
int main (int argc, char** argv)
{
    using namespace tableread::test;
    std::string socket;
    bool isEmbedded = false;
    for (int i = 1; i < argc; ++i)
        if (std::string (argv[i]) == "--embedded")
            isEmbedded = true;
        else if (std::string (argv[i]) == "--socket" && i + 1 < argc)
            socket = argv[i + 1];
    const char* text = std::getenv ("TABLEREAD_FAKE");
    const auto faults = parseFaults (text == nullptr ? "" : text);
    std::ofstream (std::filesystem::path (socket).replace_extension (".pids"), std::ios::app)
        << ::getpid() << '\n';
    if (faults.exitsAtOnce && ! isEmbedded)
    {
        std::cerr << "loading tones\nthe tones are out of tune\n";
        return 3;
    }
    const auto lock = tableread::LockFile::take (tableread::socketLockPath (socket));
    FakeEngine engine (socket, faults);
    engine.wait();
}
