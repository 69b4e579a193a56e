// SPDX-License-Identifier: Apache-2.0
#include "Server/SpeechEncoder.h"

#include <utility>

#include "Server/WireAudio.h"

namespace tableread::engine
{
namespace
{
/** Samples as they are, behind a WAV's header or nothing. */
class PlainEncoder : public SpeechEncoder
{
public:
    PlainEncoder (protocol::SampleFormat sampleFormat, const char* type, std::string firstBytes)
        : format (sampleFormat)
        , typeName (type)
        , header (std::move (firstBytes))
    {}

    const char* contentType() const override { return typeName; }

    void append (std::span<const float> samples, std::string& bytes) override
    {
        bytes.append (std::exchange (header, {}));
        appendSamples (bytes, samples, format);
    }

    void end (std::string& bytes) override { bytes.append (std::exchange (header, {})); }

private:
    protocol::SampleFormat format;
    const char* typeName;
    std::string header;
};
} // namespace

std::unique_ptr<SpeechEncoder> SpeechEncoder::make (const Format& format)
{
    if (format.container == protocol::Container::Wav)
        return std::make_unique<PlainEncoder> (format.samples, "audio/wav",
                                               streamingWavHeader (format.samples, format.sampleRateHz));
    return std::make_unique<PlainEncoder> (format.samples, "audio/pcm", std::string());
}
} // namespace tableread::engine
