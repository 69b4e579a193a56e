// SPDX-License-Identifier: Apache-2.0
#include "Audio/Encoder.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include <sndfile.h>

#include "Audio/OggPages.h"
#include "Audio/Sndfile.h"

namespace tableread
{
/** The file that libsndfile writes, of which the first bytes may be gone. */
struct AudioEncoder::Output
{
    Output() = default;
    ~Output() { close(); }
    Output (const Output&) = delete;
    Output& operator= (const Output&) = delete;

    int close() { return handle == nullptr ? SF_ERR_NO_ERROR : sf_close (std::exchange (handle, nullptr)); }

    bool open (const Options& wanted);
    void set (int command, auto value) { sf_command (handle, command, &value, sizeof (value)); }
    sf_count_t end() const { return given + (sf_count_t) made.size(); }
    sf_count_t seek (sf_count_t offset, int from);
    sf_count_t write (const char* bytes, sf_count_t count);
    void findEmptyFrame();

    SNDFILE* handle = nullptr;
    std::string made;
    sf_count_t given = 0, at = 0;
    std::size_t emptyFrame = 0; // at the start
    bool isEmpty = true;        // of samples
    bool isOutOfMemory = false;
};

bool AudioEncoder::Output::open (const Options& wanted)
{
    if (! hasRate (wanted.container, wanted.sampleRateHz))
        return false; // libsndfile leaks LAME's state when LAME refuses a rate, so LAME is never asked
    static SF_VIRTUAL_IO memory {
        [] (void* self) { return static_cast<Output*> (self)->end(); },
        [] (sf_count_t offset, int from, void* self) {
            return static_cast<Output*> (self)->seek (offset, from);
        },
        [] (void*, sf_count_t, void*) { return sf_count_t { 0 }; },
        [] (const void* bytes, sf_count_t count, void* self) {
            return static_cast<Output*> (self)->write (static_cast<const char*> (bytes), count);
        },
        [] (void* self) { return static_cast<Output*> (self)->at; },
    };
    SF_INFO info {};
    info.samplerate = (int) wanted.sampleRateHz;
    info.channels = 1;
    info.format = sndfileFormat ({ wanted.container, SampleType::Int16 });
    handle = sf_open_virtual (&memory, SFM_WRITE, &info, this);
    if (handle == nullptr)
        return false;
    if (wanted.container == Container::Flac)
        set (SFC_SET_COMPRESSION_LEVEL, 0.25); // libFLAC's level 2, the highest with blocks of 1152 samples
    if (wanted.container == Container::Opus)
        set (SFC_SET_OGG_PAGE_LATENCY_MS, 50.0);
    if (wanted.container == Container::Mp3)
    {
        set (SFC_SET_BITRATE_MODE, (int) SF_BITRATE_MODE_CONSTANT);
        set (SFC_SET_COMPRESSION_LEVEL, 0.42); // 96 kbit/s at 24 kHz
    }
    return true;
}

sf_count_t AudioEncoder::Output::seek (sf_count_t offset, int from)
{
    at = offset + (from == SEEK_CUR ? at : from == SEEK_END ? end() : 0);
    return at;
}

/** What is written over bytes that are gone gets lost. Called from C: nothing may be thrown. */
sf_count_t AudioEncoder::Output::write (const char* bytes, sf_count_t count)
{
    const auto lost = std::clamp<sf_count_t> (given - at, 0, count);
    const auto place = (std::size_t) std::max<sf_count_t> (at - given, 0);
    try
    {
        made.resize (std::max (made.size(), place + (std::size_t) (count - lost)));
    }
    catch (const std::exception&)
    {
        isOutOfMemory = true;
        return 0;
    }
    std::copy (bytes + lost, bytes + count, made.begin() + (std::ptrdiff_t) place);
    at += count;
    return count;
}

/** An MP3 begins with a frame for what is only known at its end: a header, then zeros as yet. A header begins with FF. */
void AudioEncoder::Output::findEmptyFrame()
{
    if (emptyFrame == 0 && ! made.empty())
        emptyFrame = std::min (made.find ('\xff', 1 + made.find ('\0')), made.size());
}

AudioEncoder::AudioEncoder (const Options& wanted, std::unique_ptr<Output> made)
    : options (wanted)
    , output (std::move (made))
{}

AudioEncoder::~AudioEncoder() = default;

Result<std::unique_ptr<AudioEncoder>> AudioEncoder::create (const Options& wanted)
{
    constexpr std::array encoded { Container::Flac, Container::Opus, Container::Mp3 };
    auto output = std::make_unique<Output>();
    if (std::ranges::find (encoded, wanted.container) == encoded.end() || ! output->open (wanted))
        return tl::unexpected (Error { ErrorCode::Unsupported,
                                       std::string (extensionOf (wanted.container) + 1) + " at " +
                                           std::to_string (wanted.sampleRateHz) +
                                           " Hz cannot be made while it is spoken. Ask for wav or pcm.",
                                       {} });
    return std::unique_ptr<AudioEncoder> (new AudioEncoder (wanted, std::move (output)));
}

std::size_t AudioEncoder::held() const
{
    return output->made.size();
}

Result<void> AudioEncoder::checked (bool hasWorked, const char* message) const
{
    if (output->isOutOfMemory)
        return tl::unexpected (
            Error { ErrorCode::OutOfMemory,
                    "no memory is left for encoding. Close other programs, or try again later.",
                    {} });
    if (! hasWorked)
        return tl::unexpected (Error { ErrorCode::Internal,
                                       std::string (extensionOf (options.container) + 1) +
                                           " could not be encoded (" + trimmedMessage (message) +
                                           "). Ask for wav or pcm.",
                                       {} });
    return {};
}

Result<void> AudioEncoder::append (std::span<const float> samples, std::string& bytes)
{
    if (samples.empty())
        return {};
    output->isEmpty = false;
    const auto written = writeSamples (output->handle, SampleType::Int16, samples);
    if (auto worked = checked (written == (std::int64_t) samples.size(), sf_strerror (output->handle));
        ! worked)
        return worked;
    if (options.container == Container::Mp3)
        output->findEmptyFrame();
    if (! options.isWhole)
        give (bytes);
    return {};
}

Result<void> AudioEncoder::end (std::string& bytes)
{
    if (output->isEmpty)
        if (auto written = append (std::array { 0.0f }, bytes); ! written)
            return written;
    const int failure = output->close();
    if (auto worked = checked (failure == SF_ERR_NO_ERROR, sf_error_number (failure)); ! worked)
        return worked;
    give (bytes);
    return {};
}

void AudioEncoder::give (std::string& bytes)
{
    auto& made = output->made;
    auto ready = made.size();
    if (options.container == Container::Opus)
        ready = renumberOggPages (made, options.oggNumber);
    const auto skipped = output->given == 0 ? output->emptyFrame : 0;
    bytes.append (made, skipped, ready - skipped);
    made.erase (0, ready);
    output->given += (sf_count_t) ready;
}
} // namespace tableread
