// SPDX-License-Identifier: Apache-2.0
#include "Audio/LeftBehind.h"

#include <array>
#include <cstdio>

#include "Audio/File.h"
#include "Audio/OutputFile.h"

namespace tableread
{
namespace
{
double secondsIn (const std::filesystem::path& file)
{
    double seconds = 0;
    if (auto sound = AudioFile::open (file))
    {
        std::vector<float> block;
        for (sound->read (block); ! block.empty(); sound->read (block))
            seconds += (double) block.size() / sound->sampleRateHz();
    }
    return seconds;
}
} // namespace

std::vector<std::string> notesOnLeftBehind (const std::filesystem::path& file)
{
    std::vector<std::string> notes;
    for (const auto& part : leftBehind (file))
    {
        std::array<char, 32> seconds {};
        std::snprintf (seconds.data(), seconds.size(), "%.1f", secondsIn (part));
        notes.push_back (part.string() + " has " + seconds.data() +
                         " s of a render that was killed. Rename it to listen to it, or delete it.");
    }
    return notes;
}
} // namespace tableread
