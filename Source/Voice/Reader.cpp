// SPDX-License-Identifier: Apache-2.0
#include "Voice/Reader.h"

#include <algorithm>
#include <cmath>

#include "Core/ContentHash.h"
#include "Core/Units.h"
#include "Voice/Cleanup.h"
#include "Voice/Sentences.h"

namespace tableread
{
namespace
{
constexpr double leastSeconds = 0.5, goodSeconds = 3.0, manySeconds = 60.0;
constexpr double silenceDbFs = -80.0;

bool allFinite (std::span<const float> samples)
{
    return std::all_of (samples.begin(), samples.end(), [] (float sample) { return std::isfinite (sample); });
}

/** Why these samples are refused, in one sentence; empty if they are accepted. */
std::string objectionTo (std::span<const float> samples, const std::string& fileName)
{
    const auto seconds = (double) samples.size() / modelSampleRateHz;
    if (samples.empty())
        return fileName + " has no audio in it. Choose another recording.";
    if (! allFinite (samples))
        return fileName + " has samples that are not numbers. Export it again, as 16- or 24-bit WAV.";
    if (seconds < leastSeconds)
        return formatted (
            "reference is %.3g s long, 0.5 s is the least and 3 s or more are better. Choose a longer "
            "recording.",
            seconds);
    return {};
}
} // namespace

double VoiceClip::seconds() const
{
    return (double) samples.size() / modelSampleRateHz;
}

std::string remarkOnLength (double seconds)
{
    if (seconds < goodSeconds)
        return formatted (" is %.3g s long; 3 s or more give a better likeness.", seconds);
    if (seconds > manySeconds)
        return formatted (
            " is %.0f s long; more than 60 s make the start slower and the voice hardly better.", seconds);
    return {};
}

Result<VoiceClip> readVoice (const std::filesystem::path& file, const std::string& name,
                             const LoudnessTarget& target, const ReaderProcess& process)
{
    const auto where = "voice \"" + name + "\"";
    const auto fileName = file.filename().string();
    auto recording = readRecording (file, process);
    if (! recording)
        return tl::unexpected (Error { recording.error().code, recording.error().message, where });

    VoiceClip clip { name, std::move (recording->samples), {}, {} };
    if (auto objection = objectionTo (clip.samples, fileName); ! objection.empty())
        return tl::unexpected (Error { ErrorCode::InvalidInput, std::move (objection), where });
    const auto prefix = where + ": ", filePrefix = prefix + fileName;
    for (const auto& note : recording->notes)
        clip.notes.push_back (prefix + note);
    for (const auto& note : cleanUp (clip.samples))
        clip.notes.push_back (filePrefix + note);
    if (const double level = loudnessDbFs (clip.samples);
        level < silenceDbFs) // an offset alone is silence, too
        return tl::unexpected (Error {
            ErrorCode::InvalidInput,
            fileName + formatted (" is silent (%.0f dB of full scale). Choose another recording.", level),
            where });
    for (const auto& note : describeFaults (clip.samples))
        clip.notes.push_back (filePrefix + note);

    normalizeLoudness (clip.samples, target);
    clip.hash = contentHash (clip.samples);

    if (const auto remark = remarkOnLength (clip.seconds()); ! remark.empty())
        clip.notes.push_back (where + remark);
    return clip;
}
} // namespace tableread
