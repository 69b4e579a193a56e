// SPDX-License-Identifier: Apache-2.0
#include "Take/Store/AudioObject.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <utility>

#include <sndfile.h>

#include "Audio/File.h"
#include "Audio/FileBytes.h"
#include "Audio/WavHeader.h"
#include "Core/ContentHash.h"
#include "Core/Disk/Bytes.h"
#include "Core/Units.h"

namespace tableread
{
namespace
{
constexpr float flacScale = 8'388'608.0f; // 2^23: the steps of 24 bits
constexpr int flacShift = 8;              // libsndfile takes the upper bits of 32

bool isInFlac (float sample)
{
    const float steps = sample * flacScale;
    const bool isNegativeZero = sample == 0.0f && std::signbit (sample);
    return steps >= -flacScale && steps < flacScale && std::trunc (steps) == steps && ! isNegativeZero;
}

tl::unexpected<Error> damaged (std::string why)
{
    return tl::make_unexpected (Error { ErrorCode::InvalidInput, std::move (why), {} });
}

std::string headerOf (std::size_t samples)
{
    return wavHeader (SampleType::Float32, modelSampleRateHz, samples * sizeof (float));
}

int writeFlac (SNDFILE* handle, std::span<const float> samples)
{
    std::array<int, 4096> block {};
    while (! samples.empty())
    {
        const auto part = samples.first (std::min (block.size(), samples.size()));
        std::ranges::transform (part, block.begin(), [] (float sample) {
            return static_cast<int> (sample * flacScale) * (1 << flacShift);
        });
        const auto count = static_cast<sf_count_t> (part.size());
        if (sf_write_int (handle, block.data(), count) != count)
            return errno == 0 ? EIO : errno;
        samples = samples.subspan (part.size());
    }
    return 0;
}

int writeFlac (int descriptor, std::span<const float> samples)
{
    SF_INFO info {};
    info.samplerate = static_cast<int> (modelSampleRateHz);
    info.channels = 1;
    info.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_24;
    errno = 0;
    SNDFILE* const handle = sf_open_fd (descriptor, SFM_WRITE, &info, SF_FALSE);
    if (handle == nullptr)
        return errno == 0 ? EIO : errno;
    const int problem = writeFlac (handle, samples);
    errno = 0;
    const bool isClosed = sf_close (handle) == SF_ERR_NO_ERROR;
    return problem != 0 || isClosed ? problem : errno == 0 ? EIO : errno;
}

/** Only what writeAudio() writes is read: no decoder sees anything else. */
Result<std::vector<float>> readWav (FileBytes& file, std::size_t count)
{
    const auto header = headerOf (count);
    const auto bytes = count * sizeof (float);
    if (file.size() != bytesOfWav (static_cast<std::int64_t> (count)) ||
        file.text (0, header.size()) != header)
        return damaged ("its size or header is another take's");
    std::vector<float> samples (count);
    file.read (static_cast<std::int64_t> (header.size()),
               { reinterpret_cast<char*> (samples.data()), bytes });
    return samples;
}

bool areOf (const AudioObject& object, const std::vector<float>& samples)
{
    return std::ssize (samples) == object.samples && contentHash (samples) == object.hash;
}

Result<std::vector<float>> readFlac (const std::filesystem::path& path, FileBytes& bytes,
                                     const AudioObject& object)
{
    const auto count = static_cast<std::size_t> (object.samples);
    constexpr std::string_view magic = "fLaC"; // without it libsndfile might choose any of its decoders
    if (bytes.text (0, magic.size()) != magic)
        return damaged ("it is not FLAC");
    auto file = AudioFile::open (path);
    if (! file && file.error().code == ErrorCode::InvalidInput)
        return damaged ("it cannot be decoded");
    if (! file)
        return tl::make_unexpected (file.error());
    if (file->channels() != 1 || file->sampleRateHz() != modelSampleRateHz)
        return damaged ("it is not mono at 24000 Hz");
    // The channel itself: an average would lose the sign of a zero.
    if (auto begun = file->restart (0); ! begun)
        return tl::make_unexpected (begun.error());
    std::vector<float> samples, block;
    do
    {
        file->read (block);
        samples.insert (samples.end(), block.begin(), block.end());
    } while (! block.empty() && samples.size() <= count);
    if (auto isRead = file->checkRead(); ! isRead && ! areOf (object, samples))
        return tl::make_unexpected (isRead.error());
    return samples;
}

Result<std::vector<float>> readOnce (const std::filesystem::path& file, const AudioObject& object)
{
    auto bytes = FileBytes::open (file);
    if (! bytes && bytes.error().code == ErrorCode::InvalidInput)
        return damaged ("it is empty, or not a file, or may not be read");
    if (! bytes)
        return tl::make_unexpected (bytes.error());
    const auto count = static_cast<std::size_t> (object.samples);
    auto samples =
        object.form == AudioForm::Wav ? readWav (**bytes, count) : readFlac (file, **bytes, object);
    if (samples && areOf (object, *samples))
        return samples;
    if (auto isWhole = (*bytes)->checkUnchanged(); ! isWhole)
        return tl::make_unexpected (isWhole.error());
    if (samples)
        return damaged ("it does not hold the take's samples");
    return samples;
}
} // namespace

AudioObject AudioObject::of (std::span<const float> samples)
{
    const bool fits = ! samples.empty() && std::ranges::all_of (samples, isInFlac);
    return { contentHash (samples), static_cast<std::int64_t> (samples.size()),
             fits ? AudioForm::Flac : AudioForm::Wav };
}

const char* nameOf (AudioForm form)
{
    return form == AudioForm::Flac ? "flac" : "wav";
}

Result<AudioForm> audioFormOf (std::string_view name)
{
    for (const auto form : { AudioForm::Flac, AudioForm::Wav })
        if (name == nameOf (form))
            return form;
    return tl::make_unexpected (Error { ErrorCode::InvalidInput, "must be flac or wav", "audio" });
}

std::int64_t bytesOfWav (std::int64_t samples)
{
    const auto count = static_cast<std::size_t> (samples);
    return static_cast<std::int64_t> (headerOf (count).size() + count * sizeof (float));
}

int writeAudio (int descriptor, AudioForm form, std::span<const float> samples)
{
    if (form == AudioForm::Flac)
        return writeFlac (descriptor, samples);
    const auto header = headerOf (samples.size());
    const int problem = writeBytes (descriptor, std::as_bytes (std::span (header)));
    return problem != 0 ? problem : writeBytes (descriptor, std::as_bytes (samples));
}

bool isOfLength (const std::filesystem::path& file, const AudioObject& object)
{
    if (object.form == AudioForm::Wav) // its size says it
        return true;
    const auto opened = AudioFile::open (file);
    const double seconds = opened ? opened->promisedSeconds() : 0.0;
    return seconds == 0.0 ||
           std::llround (seconds * static_cast<double> (modelSampleRateHz)) == object.samples;
}

Result<std::vector<float>> readAudio (const std::filesystem::path& file, const AudioObject& object)
{
    constexpr int tries = 5;
    auto samples = readOnce (file, object);
    // Whoever puts the same samples meanwhile sets the file's time, which looks as if the file had changed.
    for (int i = 1; i < tries && ! samples && samples.error().code == ErrorCode::Io; ++i)
        samples = readOnce (file, object);
    return samples;
}
} // namespace tableread
