// SPDX-License-Identifier: Apache-2.0
#include "Audio/File.h"

#include <algorithm>

#include <sndfile.h>

namespace tableread
{
namespace
{
constexpr int lowestRateHz = 4'000, highestRateHz = 768'000;

Error unreadable (const std::filesystem::path& file, const std::string& why)
{
    return { ErrorCode::InvalidInput,
             file.filename().string() + " is no recording that can be read (" + why +
                 "). Choose a WAV, FLAC, OGG or MP3 file.",
             {} };
}
} // namespace

void AudioFile::Deleter::operator() (sf_private_tag* open) const
{
    sf_close (open);
}

Result<AudioFile> AudioFile::open (const std::filesystem::path& file)
{
    std::error_code ignored;
    if (! std::filesystem::exists (file, ignored))
        return tl::unexpected (
            Error { ErrorCode::NotFound, file.string() + " does not exist. Check the path.", {} });
    if (! std::filesystem::is_regular_file (file, ignored))
        return tl::unexpected (unreadable (file, "it is not a file"));

    AudioFile opened;
    SF_INFO info {};
    opened.handle.reset (sf_open (file.c_str(), SFM_READ, &info));
    if (opened.handle == nullptr)
    {
        std::string why = sf_strerror (nullptr);
        while (why.ends_with ('.') || why.ends_with (' '))
            why.pop_back();
        return tl::unexpected (unreadable (file, why));
    }

    // A file of a format without a header is taken for one by its name alone: that would speak any text.
    if ((info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_RAW)
        return tl::unexpected (unreadable (file, "it has no header"));
    if (info.samplerate < lowestRateHz || info.samplerate > highestRateHz)
        return tl::unexpected (unreadable (file, "its sample rate is " + std::to_string (info.samplerate) +
                                                     " Hz, " + std::to_string (lowestRateHz) + " to " +
                                                     std::to_string (highestRateHz) + " are possible"));
    opened.rateHz = info.samplerate;
    opened.channelCount = info.channels;
    opened.promisedFrames = info.frames;
    return opened;
}

void AudioFile::read (std::vector<float>& mono)
{
    constexpr int blockValues = 65'536;
    const int blockFrames = std::max (1, blockValues / channelCount);
    const auto channels = (std::size_t) channelCount;

    interleaved.resize ((std::size_t) blockFrames * channels);
    const auto frames =
        std::max<sf_count_t> (0, sf_readf_float (handle.get(), interleaved.data(), blockFrames));
    readFrames += frames;
    mono.resize ((std::size_t) frames);
    for (std::size_t frame = 0; frame < mono.size(); ++frame)
    {
        double sum = 0;
        for (std::size_t channel = 0; channel < channels; ++channel)
            sum += interleaved[frame * channels + channel];
        mono[frame] = (float) (sum / channelCount);
    }
}

double AudioFile::missingSeconds() const
{
    const auto missing = (double) (promisedFrames - readFrames) / rateHz;
    return missing > 0.1 && promisedFrames < SF_COUNT_MAX ? missing : 0.0; // MP3's lengths are estimates
}
} // namespace tableread
