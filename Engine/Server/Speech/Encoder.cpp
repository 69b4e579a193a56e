// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/Encoder.h"

#include <utility>

#include "Audio/Encoder.h"
#include "Audio/WavHeader.h"
#include "Server/Speech/WireAudio.h"

namespace tableread::engine
{
namespace
{
/** Samples as they are, behind a WAV's header or nothing. */
class PlainEncoder : public SpeechEncoder
{
public:
    explicit PlainEncoder (const Format& wanted) : format (wanted)
    {
        if (isWav())
            made = header();
        headerSize = made.size();
    }

    const char* contentType() const override { return isWav() ? "audio/wav" : "audio/pcm"; }

    void append (std::span<const float> samples, std::string& bytes) override
    {
        appendSamples (made, samples, format.samples);
        if (! format.isWhole)
            bytes.append (std::exchange (made, {}));
    }

    void end (std::string& bytes) override
    {
        if (format.isWhole && isWav())
            made.replace (0, headerSize, header (made.size() - headerSize));
        bytes.append (std::exchange (made, {}));
    }

    std::size_t held() const override { return made.size(); }

private:
    bool isWav() const { return format.container == protocol::Container::Wav; }

    std::string header (std::optional<std::size_t> dataBytes = {}) const
    {
        const bool isFloat = format.samples == protocol::SampleFormat::Float32;
        return wavHeader (isFloat ? SampleType::Float32 : SampleType::Int16, format.sampleRateHz, dataBytes);
    }

    Format format;
    std::string made;
    std::size_t headerSize = 0;
};

/** What libsndfile encodes. */
class CompressingEncoder : public SpeechEncoder
{
public:
    CompressingEncoder (std::unique_ptr<AudioEncoder> wanted, const char* type)
        : encoder (std::move (wanted))
        , typeName (type)
    {}

    const char* contentType() const override { return typeName; }

    void append (std::span<const float> samples, std::string& bytes) override
    {
        orThrow (encoder->append (samples, bytes));
    }

    void end (std::string& bytes) override { orThrow (encoder->end (bytes)); }

    std::size_t held() const override { return encoder->held(); }

private:
    std::unique_ptr<AudioEncoder> encoder;
    const char* typeName;
};

Result<std::unique_ptr<SpeechEncoder>> makeCompressing (Container container, const char* type,
                                                        const SpeechEncoder::Format& format)
{
    auto encoder = AudioEncoder::create ({ .container = container,
                                           .sampleRateHz = format.sampleRateHz,
                                           .isWhole = format.isWhole,
                                           .oggNumber = format.oggNumber });
    if (! encoder)
        return tl::make_unexpected (
            Error { encoder.error().code, encoder.error().message, "response_format" });
    return std::make_unique<CompressingEncoder> (std::move (*encoder), type);
}
} // namespace

bool SpeechEncoder::isCostly (const Format& format)
{
    return format.container != protocol::Container::Pcm && format.container != protocol::Container::Wav;
}

Result<std::unique_ptr<SpeechEncoder>> SpeechEncoder::make (const Format& format)
{
    switch (format.container)
    {
        case protocol::Container::Flac:
            return makeCompressing (Container::Flac, "audio/flac", format);
        case protocol::Container::Opus: // which is the Ogg's type: RFC 7845
            return makeCompressing (Container::Opus, "audio/ogg", format);
        case protocol::Container::Mp3:
            return makeCompressing (Container::Mp3, "audio/mpeg", format);
        case protocol::Container::Pcm:
        case protocol::Container::Wav:
            break;
    }
    return std::make_unique<PlainEncoder> (format);
}
} // namespace tableread::engine
