// SPDX-License-Identifier: Apache-2.0
#include "Audio/WavWriter.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tableread
{
namespace
{
constexpr std::int64_t mostBytes =
    std::numeric_limits<std::uint32_t>::max() - 1024; // a WAV counts in 32 bits

Error cannotWrite (const std::filesystem::path& file, const std::string& why)
{
    return { ErrorCode::Io, "cannot be written: " + why + ". Make room or choose another place.",
             file.string() };
}

/** libsndfile's words, without its frame around the system's. */
std::string trimmed (std::string text)
{
    if (constexpr std::string_view frame = "System error : "; text.starts_with (frame))
        text.erase (0, frame.size());
    while (text.ends_with ('.') || text.ends_with (' '))
        text.pop_back();
    return text;
}

std::int16_t toInt16 (float sample)
{
    const float audible = std::isnan (sample) ? 0.0f : std::clamp (sample, -1.0f, 1.0f);
    return (std::int16_t) std::lround (audible * 32767.0f);
}
} // namespace

/** The open file and its names; closing it without a rename removes the temporary. */
struct WavWriter::Target
{
    std::filesystem::path file, temporary; // no temporary where the path is not a regular file
    int descriptor = -1;
    SNDFILE* handle = nullptr;
    std::optional<Error> failure;

    ~Target()
    {
        if (handle != nullptr)
            sf_close (handle);
        if (descriptor >= 0)
            ::close (descriptor);
        if (! temporary.empty())
            ::unlink (temporary.c_str());
    }

    /** Opens a new name beside the file, so that two writers of one file do not mix. @returns 0 or errno. */
    int openTemporary()
    {
        for (int number = 1; number <= 100; ++number)
        {
            const auto name = file.string() + "." + std::to_string (number) + ".part";
            descriptor = ::open (name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
            if (descriptor >= 0)
                temporary = name;
            if (descriptor >= 0 || errno != EEXIST)
                break;
        }
        return descriptor >= 0 ? 0 : errno;
    }

    int open()
    {
        std::error_code ignored;
        const auto status = std::filesystem::status (file, ignored);
        if (std::filesystem::is_directory (status))
            return EISDIR;
        if (! std::filesystem::exists (status))
            return openTemporary();
        if (const auto real = std::filesystem::canonical (file, ignored); ! ignored)
            file = real; // a link goes on pointing to the file
        if (std::filesystem::is_regular_file (status))
            return ::access (file.c_str(), W_OK) == 0 ? openTemporary() : errno;
        descriptor = ::open (file.c_str(), O_WRONLY | O_CLOEXEC);
        return descriptor >= 0 ? 0 : errno;
    }
};

WavWriter::WavWriter (std::unique_ptr<Target> opened, WavFormat sampleFormat)
    : target (std::move (opened))
    , format (sampleFormat)
{}

WavWriter::~WavWriter() = default;

Result<std::unique_ptr<WavWriter>> WavWriter::create (const std::filesystem::path& file, WavFormat format,
                                                      std::int64_t sampleRateHz)
{
    auto target = std::make_unique<Target>();
    target->file = file;
    if (const int failure = target->open(); failure != 0)
        return tl::unexpected (cannotWrite (file, std::strerror (failure)));

    SF_INFO info {};
    info.samplerate = (int) sampleRateHz;
    info.channels = 1;
    info.format = SF_FORMAT_WAV | (format == WavFormat::Int16 ? SF_FORMAT_PCM_16 : SF_FORMAT_FLOAT);
    target->handle = sf_open_fd (target->descriptor, SFM_WRITE, &info, SF_FALSE);
    if (target->handle == nullptr)
        return tl::unexpected (cannotWrite (file, trimmed (sf_strerror (nullptr))));

    // The peak chunk has the time of day in it: without it the same samples are the same bytes.
    sf_command (target->handle, SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
    return std::unique_ptr<WavWriter> (new WavWriter (std::move (target), format));
}

Result<void> WavWriter::keep (Error error)
{
    target->failure = error;
    return tl::unexpected (std::move (error));
}

Result<void> WavWriter::write (std::span<const float> samples)
{
    if (target->failure)
        return tl::unexpected (*target->failure);

    const std::int64_t bytesPerSample = format == WavFormat::Int16 ? 2 : 4;
    if ((sampleCount + (std::int64_t) samples.size()) > mostBytes / bytesPerSample)
        return keep ({ ErrorCode::Io,
                       "has reached the 4 GiB that a WAV file can hold. Render fewer lines at once.",
                       target->file.string() });

    std::array<std::int16_t, 4096> block;
    for (std::size_t at = 0; at < samples.size();)
    {
        const auto count = std::min (block.size(), samples.size() - at);
        const auto part = samples.subspan (at, count);
        sf_count_t written = 0;
        if (format == WavFormat::Int16)
        {
            std::transform (part.begin(), part.end(), block.begin(), toInt16);
            written = sf_write_short (target->handle, block.data(), (sf_count_t) count);
        }
        else
            written = sf_write_float (target->handle, part.data(), (sf_count_t) count);

        if (written != (sf_count_t) count)
            return keep (cannotWrite (target->file, trimmed (sf_strerror (target->handle))));
        clippedCount +=
            std::count_if (part.begin(), part.end(), [] (float x) { return std::abs (x) > 1.0f; });
        sampleCount += written;
        at += count;
    }
    return {};
}

Result<void> WavWriter::finish()
{
    if (target->failure)
        return tl::unexpected (*target->failure);

    if (const int failure = sf_close (std::exchange (target->handle, nullptr)); failure != SF_ERR_NO_ERROR)
        return keep (cannotWrite (target->file, trimmed (sf_error_number (failure))));
    if (! target->temporary.empty() && ::fsync (target->descriptor) != 0)
        return keep (cannotWrite (target->file, std::strerror (errno)));

    if (! target->temporary.empty())
    {
        if (::rename (target->temporary.c_str(), target->file.c_str()) != 0)
            return keep (cannotWrite (target->file, std::strerror (errno)));
        target->temporary.clear();
    }
    return {};
}
} // namespace tableread
