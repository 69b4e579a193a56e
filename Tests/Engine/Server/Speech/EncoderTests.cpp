// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/Encoder.h"

#include <array>
#include <cstring>
#include <ctime>
#include <iostream>
#include <random>

#include <catch2/catch.hpp>

#include "Support/MemoryFile.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using protocol::Container;
using protocol::SampleFormat;

namespace
{
std::string encode (const SpeechEncoder::Format& format, std::span<const float> samples)
{
    constexpr std::size_t block = 3'200;
    std::string bytes;
    const auto encoder = SpeechEncoder::make (format).value();
    for (std::size_t at = 0; at < samples.size(); at += block)
    {
        encoder->append (samples.subspan (at, std::min (block, samples.size() - at)), bytes);
        CHECK (bytes.empty() == format.isWhole);
        CHECK ((encoder->held() > 0) == format.isWhole);
    }
    encoder->end (bytes);
    CHECK (encoder->held() == 0);
    return bytes;
}
} // namespace

TEST_CASE ("Each format is a stream and a whole file of the same samples", "[engine][server][encoder]")
{
    const auto [container, type] =
        GENERATE (table<Container, std::string> ({ { Container::Wav, "audio/wav" },
                                                   { Container::Flac, "audio/flac" },
                                                   { Container::Opus, "audio/ogg" },
                                                   { Container::Mp3, "audio/mpeg" } }));
    CAPTURE (type);
    SpeechEncoder::Format format { .container = container };
    CHECK (SpeechEncoder::make (format).value()->contentType() == type);
    const auto samples = sine (440.0, 1.0).samples;
    const auto stream = readSound (MemoryFile (encode (format, samples)).path());
    format.isWhole = true;
    const auto whole = readSound (MemoryFile (encode (format, samples)).path());
    CHECK (whole.samples == stream.samples);
    CHECK (whole.samples.size() >= samples.size());
    CHECK (whole.sampleRateHz == 24'000);
    CHECK (whole.channels == 1);
}

TEST_CASE ("Samples as they are have no header, and a finished WAV has its sizes",
           "[engine][server][encoder]")
{
    const auto samples = sine (440.0, 0.5).samples;
    const auto isWhole = GENERATE (false, true);
    const auto format = GENERATE (SampleFormat::Int16, SampleFormat::Float32);
    const std::size_t size = format == SampleFormat::Int16 ? 24'000 : 48'000;
    const auto of = [&] (Container container) {
        return encode ({ .container = container, .samples = format, .isWhole = isWhole }, samples);
    };
    const auto pcm = of (Container::Pcm), wav = of (Container::Wav);
    CHECK (pcm.size() == size);
    CHECK (wav.substr (44) == pcm);
    const auto little = [&wav] (std::size_t at) {
        std::uint32_t value = 0;
        std::memcpy (&value, wav.data() + at, sizeof (value));
        return value;
    };
    CHECK (little (4) == (isWhole ? size + 36 : 0xffffffffu));
    CHECK (little (40) == (isWhole ? size : 0xffffffffu));
    CHECK (std::string (SpeechEncoder::make ({}).value()->contentType()) == "audio/pcm");
}

TEST_CASE ("What a second of speech costs in each format", "[.bench]")
{
    constexpr double seconds = 60;
    auto samples = sine (220.0, seconds).samples;
    std::minstd_rand noise (1); // NOLINT: nothing is trivial to encode
    for (auto& sample : samples)
        sample += 0.1f * (static_cast<float> (noise()) / static_cast<float> (std::minstd_rand::max()) - 0.5f);
    for (const auto& [container, name] :
         std::array { std::pair { Container::Pcm, "pcm" }, std::pair { Container::Flac, "flac" },
                      std::pair { Container::Opus, "opus" }, std::pair { Container::Mp3, "mp3" } })
    {
        const auto begin = std::clock(); // whatever else the machine does
        (void) encode ({ .container = container }, samples);
        const double spentMs = 1000.0 * static_cast<double> (std::clock() - begin) / CLOCKS_PER_SEC;
        std::cout << name << ": " << spentMs / seconds << " ms\n";
    }
}

TEST_CASE ("A rate that a format has not is refused, and an encoder that fails throws",
           "[engine][server][encoder][errors]")
{
    const auto refused = SpeechEncoder::make ({ .container = Container::Opus, .sampleRateHz = 44'100 });
    REQUIRE (! refused);
    CHECK (refused.error().code == ErrorCode::Unsupported);
    CHECK (refused.error().where == "response_format");

    const auto encoder = SpeechEncoder::make ({ .container = Container::Flac }).value();
    std::string bytes;
    encoder->end (bytes);
    CHECK_THROWS_AS (encoder->append (std::vector<float> (1), bytes), Exception); // it is closed
}
