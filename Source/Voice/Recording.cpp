// SPDX-License-Identifier: Apache-2.0
#include "Voice/Recording.h"

#include "Audio/File.h"
#include "Audio/Resampler.h"
#include "Core/Units.h"
#include "Voice/Sentences.h"

namespace tableread
{
namespace
{
/** Mono at the model's rate; stops soon after mostSeconds. */
std::vector<float> readAll (AudioFile& file)
{
    constexpr auto tooMany = (std::size_t) (Recording::mostSeconds * modelSampleRateHz) + 1;
    Resampler resampler (file.sampleRateHz(), modelSampleRateHz, ResamplerQuality::High);
    std::vector<float> samples, block;

    for (file.read (block); ! block.empty() && samples.size() < tooMany; file.read (block))
        resampler.process (block, samples);
    resampler.finish (samples);
    return samples;
}

std::vector<std::string> notesOn (const AudioFile& file, double seconds)
{
    constexpr double muchClipping = 0.0005;
    std::vector<std::string> notes;
    if (file.wasNeverClosed())
        notes.push_back (
            " was not closed by the program that recorded it; it is read to the end of the file.");
    if (const auto missing = file.missingSeconds(); missing > 0)
        notes.push_back (formatted (" breaks off after %.3g s", seconds) +
                         formatted (" of %.3g s; what is there is used.", seconds + missing));
    if (const auto clipped = file.statistics().clippedFraction(); clipped > muchClipping)
        notes.push_back (
            formatted (" is clipped (%.2g %% of its samples are at full scale), which the voice will "
                       "sound like. Record it at a lower level.",
                       100 * clipped));
    return notes;
}
} // namespace

Result<Recording> readRecording (const std::filesystem::path& file)
{
    auto opened = AudioFile::open (file);
    if (! opened)
        return tl::unexpected (opened.error());

    Recording recording { readAll (*opened), {} };
    const auto fault = opened->statistics().sideFault();
    if (fault != ChannelStatistics::SideFault::None)
    {
        const int side = opened->statistics().louderSide();
        if (auto again = opened->restart (side); ! again)
            return tl::unexpected (again.error());
        recording.samples = readAll (*opened);
        const std::string names[] { "left", "right" };
        recording.notes.push_back (
            fault == ChannelStatistics::SideFault::Silent
                ? ": the " + names[1 - side] + " side is silent; the " + names[side] + " one is used alone."
                : ": the sides cancel each other out; the " + names[side] + " one is used alone.");
    }
    if (auto whole = opened->checkRead(); ! whole)
        return tl::unexpected (whole.error());

    for (auto& note : notesOn (*opened, (double) recording.samples.size() / modelSampleRateHz))
        recording.notes.push_back (std::move (note));
    for (auto& note : recording.notes)
        note.insert (0, file.filename().string());
    return recording;
}
} // namespace tableread
