// SPDX-License-Identifier: Apache-2.0
// Runs every file of a corpus through a fuzz target once, without libFuzzer, so that fixed findings stay fixed.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <vector>

#include "Fuzz/FuzzChecks.h"
#include "Support/SafetensorsWriter.h"

namespace
{
int replay (const std::filesystem::path& corpus)
{
    std::vector<std::filesystem::path> files;
    for (const auto& item : std::filesystem::directory_iterator (corpus))
        files.push_back (item.path());
    std::sort (files.begin(), files.end());
    if (files.empty())
    {
        std::fprintf (stderr, "%s: holds no files to replay.\n", corpus.c_str());
        return 2;
    }
    for (const auto& file : files)
    {
        std::printf ("%s\n", file.filename().c_str()); // the last line names the file that fails
        std::fflush (stdout);
        const auto content = tableread::test::readFile (file);
        // In memory of this very size, so that a sanitizer sees what is read behind it.
        const std::vector<std::uint8_t> input (content.begin(), content.end());
        LLVMFuzzerTestOneInput (input.data(), input.size());
    }
    std::printf ("%zu inputs replayed\n", files.size());
    return 0;
}
} // namespace

int main (int count, char** arguments)
{
    if (count != 2)
    {
        std::fprintf (stderr, "usage: %s CORPUS-FOLDER\n", arguments[0]);
        return 2;
    }
    try
    {
        return replay (arguments[1]);
    }
    catch (const std::exception& exception) // whatever a target lets through is a finding
    {
        std::fprintf (stderr, "%s\n", exception.what());
        return 1;
    }
}
