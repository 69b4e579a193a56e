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
/** The most samples that a recording may have. */
std::size_t mostSamples (double mostSeconds)
{
    return (std::size_t) (mostSeconds * modelSampleRateHz);
}

/** Mono at the model's rate; stops soon after mostSeconds. */
std::vector<float> readAll (AudioFile& file, double mostSeconds)
{
    const auto tooMany = mostSamples (mostSeconds) + 1;
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
tl::unexpected<Error> tooLong (double mostSeconds)
{
    const auto limit = mostSeconds < Recording::mostSeconds
                           ? formatted ("the %.3g s that there is room for", mostSeconds)
                           : formatted ("%.3g minutes", mostSeconds / 60);
    return tl::unexpected (
        Error { ErrorCode::InvalidInput,
                "reference is longer than " + limit + ". Choose 10 to 30 seconds of clear speech.",
                {} });
}
} // namespace

Result<Recording> readRecording (const std::filesystem::path& file, double mostSeconds)
{
    constexpr double estimates = 1.05; // some headers only estimate the length
    auto opened = AudioFile::open (file);
    if (! opened)
        return tl::unexpected (opened.error());
    if (opened->promisedSeconds() > estimates * mostSeconds + 1)
        return tooLong (mostSeconds);

    Recording recording { readAll (*opened, mostSeconds), {} };
    if (recording.samples.size() > mostSamples (mostSeconds))
        return tooLong (mostSeconds);
    const auto fault = opened->statistics().sideFault();
    if (fault != ChannelStatistics::SideFault::None)
    {
        const int side = opened->statistics().louderSide();
        if (auto again = opened->restart (side); ! again)
            return tl::unexpected (again.error());
        recording.samples = readAll (*opened, mostSeconds);
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
