// SPDX-License-Identifier: Apache-2.0
#include "Audio/File.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <utility>

#include <sndfile.h>

#include "Audio/Chunks.h"
#include "Audio/FileBytes.h"
#include "Audio/ForeignFormat.h"

namespace tableread
{
namespace
{
constexpr int lowestRateHz = 4'000, highestRateHz = 768'000;
} // namespace

/** The bytes that libsndfile sees, and where it is in them. */
struct AudioFile::Input
{
    std::unique_ptr<FileBytes> file;
    AudibleBytes audible;
    std::int64_t position = 0;

    std::int64_t headerSize() const { return (std::int64_t) audible.header.size(); }
    std::int64_t length() const { return headerSize() + audible.size; }

    std::int64_t seek (std::int64_t offset, int whence)
    {
        const auto base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? position : length();
        if (base + offset < 0)
            return -1;
        position = base + offset;
        return position;
    }

    std::int64_t read (char* bytes, std::int64_t count)
    {
        const auto begin = position;
        if (position < headerSize() && count > 0)
        {
            const auto part = std::min (count, headerSize() - position);
            std::memcpy (bytes, audible.header.data() + position, (std::size_t) part);
            position += part;
        }
        const auto done = position - begin;
        const auto rest = std::min (count - done, length() - position);
        if (rest > 0)
            position += (std::int64_t) file->read (audible.begin + position - headerSize(),
                                                   { bytes + done, (std::size_t) rest });
        return position - begin;
    }

    static SF_VIRTUAL_IO functions()
    {
        return { [] (void* self) -> sf_count_t { return ((Input*) self)->length(); },
                 [] (sf_count_t offset, int whence, void* self) -> sf_count_t {
                     return ((Input*) self)->seek (offset, whence);
                 },
                 [] (void* bytes, sf_count_t count, void* self) -> sf_count_t {
                     return ((Input*) self)->read ((char*) bytes, count);
                 },
                 [] (const void*, sf_count_t, void*) -> sf_count_t { return 0; },
                 [] (void* self) -> sf_count_t { return ((Input*) self)->position; } };
    }
};

AudioFile::AudioFile (std::unique_ptr<Input> source) : input (std::move (source))
{}
AudioFile::~AudioFile() = default;
AudioFile::AudioFile (AudioFile&&) noexcept = default;

void AudioFile::Deleter::operator() (sf_private_tag* open) const
{
    sf_close (open);
}

Result<AudioFile> AudioFile::open (const std::filesystem::path& file)
{
    auto bytes = FileBytes::open (file);
    if (! bytes)
        return tl::unexpected (bytes.error());
    if (auto foreign = foreignFormat (file, (*bytes)->text (0, 64)))
        return tl::unexpected (std::move (*foreign));
    auto audible = findAudibleBytes (**bytes);
    if (const auto whole = (*bytes)->checkUnchanged(); ! whole)
        return tl::unexpected (whole.error());
    if (! audible)
        return tl::unexpected (unreadableRecording (file, audible.error()));

    AudioFile opened (std::make_unique<Input> (Input { std::move (*bytes), std::move (*audible) }));
    if (auto started = opened.start(); ! started)
        return tl::unexpected (std::move (started.error()));
    return opened;
}

Result<void> AudioFile::start()
{
    const auto& file = input->file->path();
    input->position = 0;
    SF_INFO info {};
    auto functions = Input::functions();
    handle.reset();
    handle.reset (sf_open_virtual (&functions, SFM_READ, &info, input.get()));
    if (handle == nullptr && sf_error (nullptr) == SF_ERR_UNRECOGNISED_FORMAT)
    {
        info = {}; // a few formats are recognised only by the file's name
        handle.reset (sf_open (file.c_str(), SFM_READ, &info));
    }
    if (auto whole = checkRead(); ! whole)
        return whole;
    if (handle == nullptr)
    {
        std::string why = sf_strerror (nullptr);
        while (why.ends_with ('.') || why.ends_with (' '))
            why.pop_back();
        return tl::unexpected (unreadableRecording (file, why));
    }

    // A format without a header is recognised by the file's name only: any text file could be read as audio.
    if ((info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_RAW)
        return tl::unexpected (unreadableRecording (file, "it has no header"));
    if (info.samplerate < lowestRateHz || info.samplerate > highestRateHz)
        return tl::unexpected (
            unreadableRecording (file, "its sample rate is " + std::to_string (info.samplerate) + " Hz, " +
                                           std::to_string (lowestRateHz) + " to " +
                                           std::to_string (highestRateHz) + " are possible"));
    rateHz = info.samplerate;
    channelCount = info.channels;
    promisedFrames = info.frames;
    readFrames = 0;
    channelStatistics.emplace (channelCount);
    return {};
}

Result<void> AudioFile::restart (int channel)
{
    onlyChannel = channel;
    return start();
}

Result<void> AudioFile::checkRead() const
{
    return input->file->checkUnchanged();
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
    channelStatistics->add ({ interleaved.data(), (std::size_t) frames * channels });
    mono.resize ((std::size_t) frames);
    for (std::size_t frame = 0; frame < mono.size(); ++frame)
    {
        double sum = 0;
        for (std::size_t channel = 0; channel < channels; ++channel)
            sum += interleaved[frame * channels + channel];
        mono[frame] = onlyChannel ? interleaved[frame * channels + (std::size_t) *onlyChannel]
                                  : (float) (sum / channelCount);
    }
}

bool AudioFile::wasNeverClosed() const
{
    return input->audible.neverClosed;
}

double AudioFile::promisedSeconds() const
{
    return promisedFrames < SF_COUNT_MAX ? (double) promisedFrames / rateHz : 0.0;
}

double AudioFile::missingSeconds() const
{
    const auto fraction = input->audible.missingFraction;
    const auto missing = fraction > 0 ? (double) readFrames * fraction / (1.0 - fraction)
                                      : (double) (promisedFrames - readFrames);
    const auto seconds = missing / rateHz;
    return seconds > 0.1 && promisedFrames < SF_COUNT_MAX ? seconds : 0.0; // MP3 lengths are estimates
}
} // namespace tableread
