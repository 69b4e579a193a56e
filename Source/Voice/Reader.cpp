// SPDX-License-Identifier: Apache-2.0
#include "Voice/Reader.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "Audio/File.h"
#include "Audio/Resampler.h"
#include "Core/ContentHash.h"
#include "Core/Units.h"

namespace tableread
{
namespace
{
constexpr double leastSeconds = 0.5, goodSeconds = 3.0, manySeconds = 60.0, mostSeconds = 600.0;
constexpr double silenceDbFs = -80.0;

std::string format (const char* pattern, double value)
{
    char text[160];
    std::snprintf (text, sizeof text, pattern, value);
    return text;
}

bool allFinite (std::span<const float> samples)
{
    return std::all_of (samples.begin(), samples.end(), [] (float sample) { return std::isfinite (sample); });
}

/** Mono at the model's rate; stops soon after mostSeconds. Empty if a sample is not a number. */
std::vector<float> readAll (AudioFile& file)
{
    constexpr auto tooMany = (std::size_t) (mostSeconds * modelSampleRateHz) + 1;
    Resampler resampler (file.sampleRateHz(), modelSampleRateHz);
    std::vector<float> samples, block;

    for (file.read (block); ! block.empty() && samples.size() < tooMany; file.read (block))
        resampler.process (block, samples);
    resampler.finish (samples);
    return samples;
}

/** The sentence that refuses these samples, or an empty one. */
std::string objectionTo (std::span<const float> samples, const std::string& fileName)
{
    const auto seconds = (double) samples.size() / modelSampleRateHz;
    if (samples.empty())
        return fileName + " has no audio in it. Choose another recording.";
    if (! allFinite (samples))
        return fileName + " has samples that are not numbers. Export it again, as 16- or 24-bit WAV.";
    if (seconds < leastSeconds)
        return format (
            "reference is %.3g s long, 0.5 s is the least and 3 s or more are better. Choose a longer "
            "recording.",
            seconds);
    if (seconds > mostSeconds)
        return "reference is longer than 10 minutes. Choose 10 to 30 seconds of clear speech.";
    if (const double level = loudnessDbFs (samples); level < silenceDbFs)
        return fileName + format (" is silent (%.0f dB of full scale). Choose another recording.", level);
    return {};
}
} // namespace

double VoiceClip::seconds() const
{
    return (double) samples.size() / modelSampleRateHz;
}

Result<VoiceClip> readVoice (const std::filesystem::path& file, const std::string& name,
                             const LoudnessTarget& target)
{
    const auto where = "voice \"" + name + "\"";
    auto opened = AudioFile::open (file);
    if (! opened)
        return tl::unexpected (Error { opened.error().code, opened.error().message, where });

    VoiceClip clip { name, readAll (*opened), {}, {} };
    if (auto objection = objectionTo (clip.samples, file.filename().string()); ! objection.empty())
        return tl::unexpected (Error { ErrorCode::InvalidInput, std::move (objection), where });

    normalizeLoudness (clip.samples, target);
    clip.hash = contentHash (clip.samples);

    const auto seconds = clip.seconds();
    if (const auto missing = opened->missingSeconds(); missing > 0)
        clip.notes.push_back (where + ": " + file.filename().string() +
                              format (" breaks off after %.3g s", seconds) +
                              format (" of %.3g s; what is there is used.", seconds + missing));
    if (seconds < goodSeconds)
        clip.notes.push_back (where +
                              format (" is %.3g s long; 3 s or more give a better likeness.", seconds));
    if (seconds > manySeconds)
        clip.notes.push_back (
            where +
            format (" is %.0f s long; more than 60 s make the start slower and the voice hardly better.",
                    seconds));
    return clip;
}
} // namespace tableread
