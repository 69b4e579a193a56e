// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include <unistd.h>

#include "Support/FakeEngine.h"

/** tableread-fake-engine serve --socket PATH: an engine process without a model, for tests. It runs until it gets a
    signal, and writes its process id to the file next to the socket that ends in .pids. */
int main (int argc, char** argv)
{
    using namespace tableread::test;
    std::string socket;
    for (int i = 1; i + 1 < argc; ++i)
        if (std::string (argv[i]) == "--socket")
            socket = argv[i + 1];
    const char* text = std::getenv ("TABLEREAD_FAKE");
    const auto faults = parseFaults (text == nullptr ? "" : text);
    std::ofstream (std::filesystem::path (socket).replace_extension (".pids"), std::ios::app)
        << ::getpid() << '\n';
    if (faults.exitsAtOnce)
    {
        std::cerr << "loading tones\nthe tones are out of tune\n";
        return 3;
    }
    FakeEngine engine (socket, faults);
    engine.wait();
}
