// SPDX-License-Identifier: Apache-2.0
#include "Audio/Writer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <sndfile.h>
#include <unistd.h>

#include "Audio/OutputFile.h"
#include "Audio/Sndfile.h"
#include "Core/Disk/Bytes.h"

namespace tableread
{
namespace
{
constexpr std::int64_t mostBytes =
    std::numeric_limits<std::uint32_t>::max() - 1024; // a WAV counts in 32 bits
constexpr std::size_t blockSize = 4096;

struct CloseFile
{
    void operator() (std::FILE* file) const { std::fclose (file); }
};

/** What cannot be gone back in: pipes and the like. */
bool isPipe (const OutputFile& file)
{
    return file.isDirect() && ::lseek (file.descriptor(), 0, SEEK_CUR) < 0 && errno == ESPIPE;
}

/** @returns 0 or errno. */
int copyAll (int from, int to)
{
    std::array<std::byte, 1 << 16> bytes {};
    for (off_t at = 0;;)
    {
        const auto count = ::pread (from, bytes.data(), bytes.size(), at);
        if (count < 0)
            return errno;
        if (count == 0)
            return 0;
        if (const int failed = writeBytes (to, std::span (bytes).first ((std::size_t) count)); failed != 0)
            return failed;
        at += count;
    }
}
} // namespace

struct AudioWriter::Target
{
    explicit Target (OutputFile opened) : file (std::move (opened)) {}
    ~Target() { close(); }
    Target (const Target&) = delete;
    Target& operator= (const Target&) = delete;

    /** @returns libsndfile's error number. */
    int close() { return handle == nullptr ? SF_ERR_NO_ERROR : sf_close (std::exchange (handle, nullptr)); }

    int descriptor() const { return whole != nullptr ? ::fileno (whole.get()) : file.descriptor(); }

    OutputFile file;
    std::unique_ptr<std::FILE, CloseFile> whole; // of a pipe, until it is complete
    SNDFILE* handle = nullptr;
    std::optional<Error> failure;
};

AudioWriter::AudioWriter (std::unique_ptr<Target> opened, const AudioFormat& wanted)
    : target (std::move (opened))
    , format (wanted)
{}

AudioWriter::~AudioWriter() = default;

Result<std::unique_ptr<AudioWriter>> AudioWriter::create (const std::filesystem::path& file,
                                                          const AudioFormat& format,
                                                          std::int64_t sampleRateHz,
                                                          const BroadcastNote* note)
{
    auto opened = OutputFile::open (file);
    if (! opened)
        return tl::unexpected (opened.error());
    auto target = std::make_unique<Target> (std::move (*opened));

    if (isPipe (target->file))
        target->whole.reset (std::tmpfile());
    SF_INFO info {};
    info.samplerate = (int) sampleRateHz;
    info.channels = 1;
    info.format = sndfileFormat (format);
    errno = 0;
    target->handle = sf_open_fd (target->descriptor(), SFM_WRITE, &info, SF_FALSE);
    if (target->handle == nullptr)
        return tl::unexpected (cannotWrite (file, errno, trimmedMessage (sf_strerror (nullptr))));

    // The peak chunk contains the time of day: without it the same samples give the same bytes.
    sf_command (target->handle, SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
    if (note != nullptr)
        setBroadcastNote (target->handle, *note);
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
    if (const int failed =
            target->whole != nullptr ? copyAll (target->descriptor(), target->file.descriptor()) : 0;
        failed != 0)
        return keep (cannotWrite (target->file.path(), failed, std::strerror (failed)));
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
