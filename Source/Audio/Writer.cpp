// SPDX-License-Identifier: Apache-2.0
#include "Audio/Writer.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include <sndfile.h>

#include "Audio/OutputFile.h"
#include "Audio/Sndfile.h"

namespace tableread
{
namespace
{
constexpr std::int64_t mostBytes =
    std::numeric_limits<std::uint32_t>::max() - 1024; // a WAV counts in 32 bits
constexpr std::size_t blockSize = 4096;
} // namespace

struct AudioWriter::Target
{
    explicit Target (OutputFile opened) : file (std::move (opened)) {}
    ~Target() { close(); }
    Target (const Target&) = delete;
    Target& operator= (const Target&) = delete;

    /** @returns libsndfile's error number. */
    int close() { return handle == nullptr ? SF_ERR_NO_ERROR : sf_close (std::exchange (handle, nullptr)); }

    OutputFile file;
    SNDFILE* handle = nullptr;
    std::optional<Error> failure;
};

AudioWriter::AudioWriter (std::unique_ptr<Target> opened, const AudioFormat& wanted)
    : target (std::move (opened))
    , format (wanted)
{}

AudioWriter::~AudioWriter() = default;

Result<std::unique_ptr<AudioWriter>>
AudioWriter::create (const std::filesystem::path& file, const AudioFormat& format, std::int64_t sampleRateHz)
{
    auto opened = OutputFile::open (file);
    if (! opened)
        return tl::unexpected (opened.error());
    auto target = std::make_unique<Target> (std::move (*opened));

    SF_INFO info {};
    info.samplerate = (int) sampleRateHz;
    info.channels = 1;
    info.format = sndfileFormat (format);
    errno = 0;
    target->handle = sf_open_fd (target->file.descriptor(), SFM_WRITE, &info, SF_FALSE);
    if (target->handle == nullptr)
        return tl::unexpected (cannotWrite (file, errno, trimmedMessage (sf_strerror (nullptr))));

    // The peak chunk contains the time of day: without it the same samples give the same bytes.
    sf_command (target->handle, SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
    if (format.container == Container::Wav && ! target->file.isDirect())
        sf_command (target->handle, SFC_SET_UPDATE_HEADER_AUTO, nullptr, SF_TRUE); // playable if it is killed
    return std::unique_ptr<AudioWriter> (new AudioWriter (std::move (target), format));
}

const std::filesystem::path& AudioWriter::path() const
{
    return target->file.path();
}

Result<void> AudioWriter::keep (Error error)
{
    target->failure = error;
    return tl::unexpected (std::move (error));
}

Result<void> AudioWriter::write (std::span<const float> samples)
{
    if (target->failure)
        return tl::unexpected (*target->failure);

    const std::int64_t bytesPerSample = format.samples == SampleType::Int16 ? 2 : 4;
    if (format.container == Container::Wav &&
        (sampleCount + (std::int64_t) samples.size()) > mostBytes / bytesPerSample)
        return keep ({ ErrorCode::OutOfRange,
                       "has reached 4 GiB, the limit of a WAV file. Render fewer lines at once.",
                       target->file.path().string() });

    while (! samples.empty())
    {
        const auto part = samples.first (std::min (blockSize, samples.size()));
        errno = 0;
        if (writeSamples (target->handle, format.samples, part) != (std::int64_t) part.size())
            return keep (
                cannotWrite (target->file.path(), errno, trimmedMessage (sf_strerror (target->handle))));
        clippedCount +=
            std::count_if (part.begin(), part.end(), [] (float x) { return std::abs (x) > 1.0f; });
        sampleCount += (std::int64_t) part.size();
        samples = samples.subspan (part.size());
    }
    return {};
}

Result<void> AudioWriter::finish()
{
    if (target->failure)
        return tl::unexpected (*target->failure);

    errno = 0;
    if (const int failure = target->close(); failure != SF_ERR_NO_ERROR)
        return keep (cannotWrite (target->file.path(), errno, trimmedMessage (sf_error_number (failure))));
    if (auto completed = target->file.complete(); ! completed)
        return keep (completed.error());
    return {};
}

Result<std::filesystem::path> AudioWriter::keepPartial()
{
    target->close(); // whose error is known, or does not matter
    return target->file.keepPartial();
}
} // namespace tableread
