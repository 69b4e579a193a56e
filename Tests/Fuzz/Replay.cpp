// SPDX-License-Identifier: Apache-2.0
// Runs every file of a corpus through a fuzz target once, without libFuzzer: what was once found stays fixed.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "Fuzz/FuzzChecks.h"
#include "Support/SafetensorsWriter.h"

int main (int count, char** arguments)
{
    if (count != 2)
    {
        std::fprintf (stderr, "usage: %s CORPUS-FOLDER\n", arguments[0]);
        return 2;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& item : std::filesystem::directory_iterator (arguments[1]))
        files.push_back (item.path());
    std::sort (files.begin(), files.end());
    if (files.empty())
    {
        std::fprintf (stderr, "%s: holds no files to replay.\n", arguments[1]);
        return 2;
    }
    for (const auto& file : files)
    {
        std::printf ("%s\n", file.filename().c_str()); // the last line names the file that fails
        std::fflush (stdout);
        const auto content = tableread::test::readFile (file);
        LLVMFuzzerTestOneInput (reinterpret_cast<const std::uint8_t*> (content.data()), content.size());
    }
    std::printf ("%zu inputs replayed\n", files.size());
    return 0;
}
