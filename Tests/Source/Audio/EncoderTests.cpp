// SPDX-License-Identifier: Apache-2.0
#include "Audio/Encoder.h"

#include <algorithm>
#include <random>
#include <span>

#include <catch2/catch.hpp>

#include "Support/MemoryFile.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
constexpr std::size_t frame = 3'200; // what the model speaks at once

/** Tones that come and go, with noise: nothing is trivial to encode. */
std::vector<float> speech (std::size_t count)
{
    std::minstd_rand noise (1);
    std::vector<float> samples (count);
    for (std::size_t i = 0; i < count; ++i)
    {
        const double at = (double) i, loud = 0.5 + 0.5 * std::sin (at / 4'000);
        samples[i] = (float) (loud * (0.4 * std::sin (0.05 * at + 3 * std::sin (at / 3'000)) +
                                      0.1 * ((double) noise() / (double) std::minstd_rand::max() - 0.5)));
    }
    return samples;
}

struct Encoded
{
    std::vector<std::string> pieces; // one of each block, and the end
    std::size_t held = 0;            // at most

    std::string all() const
    {
        std::string bytes;
        for (const auto& piece : pieces)
            bytes += piece;
        return bytes;
    }
};

Encoded encode (const AudioEncoder::Options& options, std::span<const float> samples,
                std::size_t block = frame)
{
    Encoded encoded;
    const auto encoder = AudioEncoder::create (options).value();
    while (! samples.empty())
    {
        const auto part = samples.first (std::min (block, samples.size()));
        REQUIRE (encoder->append (part, encoded.pieces.emplace_back()));
        encoded.held = std::max (encoded.held, encoder->held());
        samples = samples.subspan (part.size());
    }
    REQUIRE (encoder->end (encoded.pieces.emplace_back()));
    CHECK (encoder->held() == 0);
    return encoded;
}

std::vector<float> decoded (const std::string& bytes)
{
    return readSound (MemoryFile (bytes).path()).samples;
}

bool beginsWith (const std::vector<float>& all, const std::vector<float>& first)
{
    return first.size() <= all.size() && std::equal (first.begin(), first.end(), all.begin());
}

/** How far the sound in an encoder's bytes is behind the samples that it has, at most. */
double mostDelayMs (Container container)
{
    const std::size_t lead = container == Container::Mp3 ? 1'105 : 0; // silence, before the first sample
    const auto samples = speech (std::size_t { 2 } * 24'000);
    const auto encoder = AudioEncoder::create ({ .container = container }).value();
    std::string bytes;
    REQUIRE (encoder->append (std::span (samples).first (frame), bytes));
    auto heard = decoded (bytes).size();
    std::size_t most = 0;
    for (std::size_t given = frame; given < samples.size(); ++given)
    {
        most = std::max (most, given + lead - heard);
        const auto before = bytes.size();
        if (! encoder->append (std::span (samples).subspan (given, 1), bytes))
            return -1;
        if (bytes.size() > before)
            heard = decoded (bytes).size();
    }
    return (double) most / 24;
}

Container anyContainer()
{
    return GENERATE (Container::Flac, Container::Opus, Container::Mp3);
}
} // namespace

TEST_CASE ("A stream decodes to the samples of the whole file", "[source][audio][encoder]")
{
    const auto container = anyContainer();
    CAPTURE (extensionOf (container));
    const auto count = GENERATE (std::size_t { 1 }, std::size_t { 500 }, frame, std::size_t { 50'077 });
    const auto samples = speech (count);
    const auto stream = encode ({ .container = container }, samples).all();
    const auto whole = encode ({ .container = container, .isWhole = true }, samples).all();
    const auto heard = decoded (stream);
    CHECK ((heard == decoded (whole))); // Catch would write all of them
    if (container != Container::Mp3)
        CHECK (heard.size() == count);
    else // the encoder's and the decoder's delay, and a last frame of 576 samples
        CHECK ((heard.size() >= count + 1'105 && heard.size() <= count + 1'105 + 1'152));
}

TEST_CASE ("FLAC keeps each of the 65 535 steps", "[source][audio][encoder]")
{
    const auto samples = speech (10'000);
    const auto heard = decoded (encode ({ .container = Container::Flac }, samples).all());
    REQUIRE (heard.size() == samples.size());
    bool isSame = true;
    for (std::size_t i = 0; i < samples.size(); ++i)
        isSame = isSame && heard[i] == (float) std::lround (samples[i] * 32'767) / 32'768;
    CHECK (isSame);
}

TEST_CASE ("A compressed stream is the sound that went in", "[source][audio][encoder]")
{
    const auto container = GENERATE (Container::Opus, Container::Mp3);
    CAPTURE (extensionOf (container));
    const std::size_t delay = container == Container::Mp3 ? 1'105 : 0;
    auto samples = sine (440.0, 2.0).samples;
    const auto heard = decoded (encode ({ .container = container }, samples).all());
    REQUIRE (heard.size() >= samples.size() + delay);
    double product = 0, power = 0;
    for (std::size_t i = 0; i < samples.size(); ++i)
    {
        product += (double) heard[i + delay] * samples[i];
        power += (double) samples[i] * samples[i];
    }
    CHECK (product / power == Approx (1.0).margin (0.1));
}

TEST_CASE ("The first bytes leave with the first frame, and begin the file", "[source][audio][encoder]")
{
    const auto container = anyContainer();
    CAPTURE (extensionOf (container));
    const auto encoded = encode ({ .container = container }, speech (10 * frame));
    const auto first = decoded (encoded.pieces.front());
    CHECK (first.size() >= frame - 2'000);
    CHECK (beginsWith (decoded (encoded.all()), first));
    std::string bytes;
    for (const auto& piece : encoded.pieces)
    {
        bytes += piece;
        CHECK (bytes.size() < 120'000); // it does not come twice
    }
}

TEST_CASE ("An encoder gives its bytes as late as Protocol.md says", "[source][audio][encoder]")
{
    const auto [container, limit] = GENERATE (table<Container, double> (
        { { Container::Flac, 48 }, { Container::Opus, 87 }, { Container::Mp3, 104 } }));
    CAPTURE (extensionOf (container));
    const auto delay = mostDelayMs (container);
    CHECK (delay <= limit);
    CHECK (delay > limit - 1);
}

TEST_CASE ("The same samples give the same bytes, however they come", "[source][audio][encoder]")
{
    const auto container = anyContainer();
    CAPTURE (extensionOf (container));
    const auto isWhole = GENERATE (false, true);
    const AudioEncoder::Options options { .container = container, .isWhole = isWhole };
    const auto samples = speech (20'000);
    const auto bytes = encode (options, samples).all();
    CHECK ((encode (options, samples).all() == bytes));
    CHECK ((encode (options, samples, 7'001).all() == bytes));
    CHECK ((encode (options, samples, 97).all() == bytes));
}

TEST_CASE ("A whole FLAC tells its length and its MD5, a streamed one neither", "[source][audio][encoder]")
{
    const auto samples = speech (10'000);
    const auto stream = encode ({ .container = Container::Flac }, samples).all();
    const auto whole = encode ({ .container = Container::Flac, .isWhole = true }, samples).all();
    const auto lengthOf = [] (const std::string& bytes) { // STREAMINFO, the last 36 bits of these
        unsigned long length = (unsigned char) bytes.at (21) & 0x0fu;
        for (std::size_t at = 22; at < 26; ++at)
            length = length << 8u | (unsigned char) bytes.at (at);
        return length;
    };
    CHECK (lengthOf (stream) == 0);
    CHECK (stream.substr (26, 16) == std::string (16, '\0'));
    CHECK (lengthOf (whole) == 10'000);
    CHECK (whole.substr (26, 16) != std::string (16, '\0'));
    CHECK (stream.substr (42) == whole.substr (42));
}

TEST_CASE ("An MP3 has one rate and begins with sound", "[source][audio][encoder]")
{
    const auto isWhole = GENERATE (false, true);
    const auto bytes = encode ({ .container = Container::Mp3, .isWhole = isWhole }, speech (24'000)).all();
    CHECK (bytes.find ("Xing") == std::string::npos);
    CHECK (bytes.find ("Info") == std::string::npos);
    std::size_t frames = 0;
    for (std::size_t at = 0; at < bytes.size(); at += 288) // 96 kbit/s, 576 samples at 24 kHz
    {
        CHECK (bytes.compare (at, 3, "\xff\xf3\xa4") == 0);
        ++frames;
    }
    CHECK (bytes.size() == 288 * frames);
    CHECK (frames == 44); // 24 000 samples and the delay
}

TEST_CASE ("An Ogg's pages have the number that was chosen", "[source][audio][encoder]")
{
    const auto samples = speech (10'000);
    const auto with = [&samples] (std::uint32_t number) {
        return encode ({ .container = Container::Opus, .oggNumber = number }, samples).all();
    };
    const auto bytes = with (0x04030201);
    CHECK (bytes != with (7));
    std::size_t pages = 0;
    for (auto at = bytes.find ("OggS"); at != std::string::npos; at = bytes.find ("OggS", at + 1))
    {
        CHECK (bytes.substr (at + 14, 4) == "\x01\x02\x03\x04");
        ++pages;
    }
    CHECK (pages > 5);
    CHECK ((decoded (bytes) == decoded (with (7))));
}

TEST_CASE ("Speech without samples is a file with one", "[source][audio][encoder]")
{
    const auto container = anyContainer();
    const auto isWhole = GENERATE (false, true);
    const auto heard = decoded (encode ({ .container = container, .isWhole = isWhole }, {}).all());
    CHECK (heard.size() >= 1);
    CHECK (heard.size() <= 1'728); // MP3's delay
    CHECK (std::ranges::all_of (heard, [] (float sample) { return std::abs (sample) < 1e-3f; }));
}

TEST_CASE ("An encoder that is not ended leaves nothing behind", "[source][audio][encoder]")
{
    const auto container = anyContainer();
    const auto isWhole = GENERATE (false, true);
    const auto blocks = GENERATE (0, 1, 3);
    std::string bytes;
    {
        const auto encoder = AudioEncoder::create ({ .container = container, .isWhole = isWhole }).value();
        for (int i = 0; i < blocks; ++i)
            REQUIRE (encoder->append (speech (frame), bytes));
    }
    CHECK (bytes.empty() == (isWhole || blocks == 0));
}

TEST_CASE ("A stream keeps no more than it must, and a whole file only itself",
           "[source][audio][encoder][.slow]")
{
    const auto container = anyContainer();
    CAPTURE (extensionOf (container));
    const auto samples = speech (std::size_t { 10 } * 60 * 24'000);
    const auto stream = encode ({ .container = container }, samples);
    CHECK (stream.held == 0);
    std::size_t most = 0;
    for (const auto& piece : stream.pieces)
        most = std::max (most, piece.size());
    CHECK (most < 16'384);
    const auto whole = encode ({ .container = container, .isWhole = true }, samples);
    CHECK (whole.held <= whole.pieces.back().size() + 288); // MP3's first frame goes
    CHECK ((decoded (stream.all()) == decoded (whole.pieces.back())));
}

TEST_CASE ("Other formats, and rates that a format has not, are refused", "[source][audio][encoder]")
{
    const auto refusal = [] (Container container, std::int64_t rate) {
        const auto made = AudioEncoder::create ({ .container = container, .sampleRateHz = rate });
        REQUIRE (! made);
        CHECK (made.error().code == ErrorCode::Unsupported);
        return made.error().message;
    };
    CHECK (refusal (Container::Opus, 44'100) ==
           "opus at 44100 Hz cannot be made while it is spoken. Ask for wav or pcm.");
    refusal (Container::Mp3, 96'000);
    refusal (Container::Flac, 1'000'000);
    refusal (Container::Wav, 24'000);
    refusal (Container::Ogg, 24'000);
}
