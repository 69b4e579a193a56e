// SPDX-License-Identifier: Apache-2.0
#include "Audio/Chunks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

#include <catch2/catch.hpp>

#include "Audio/File.h"
#include "Support/MemoryFile.h"
#include "Support/SoundFiles.h"
#include "Support/TemporaryFolder.h"
#include "Support/WavBytes.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
/** Two seconds of 16-bit samples that no chunk looks like. */
std::string speechBytes (std::size_t samples = 48'000)
{
    std::string bytes;
    for (std::size_t i = 0; i < samples; ++i)
        bytes += fourBytesOf ((std::uint64_t) (std::int64_t) std::lround (9000 * std::sin (0.1 * (double) i)))
                     .substr (0, 2);
    return bytes;
}

/** What AudioFile makes of these bytes; empty if it refuses them, and then `refusal` is set. */
struct Reading
{
    std::vector<float> samples;
    std::string refusal;
    bool wasNeverClosed = false;
    double missingSeconds = 0;
};

Reading readFile (const std::filesystem::path& file)
{
    auto opened = AudioFile::open (file);
    if (! opened)
    {
        const auto text = opened.error().message;
        return { {}, text.substr (text.find (" is ")) }; // without the name of the file
    }
    Reading reading;
    std::vector<float> block;
    for (opened->read (block); ! block.empty(); opened->read (block))
        reading.samples.insert (reading.samples.end(), block.begin(), block.end());
    reading.wasNeverClosed = opened->wasNeverClosed();
    reading.missingSeconds = opened->missingSeconds();
    return reading;
}

Reading readBytes (const std::string& bytes)
{
    const MemoryFile file (bytes);
    return readFile (file.path());
}

const std::string wholeSpeech = wavOf (plainFormat() + wavChunk ("data", speechBytes()));

bool isOneSentence (const std::string& text)
{
    return text.starts_with (" is not a readable recording (") && text.find ('\n') == std::string::npos;
}
} // namespace

TEST_CASE ("The chunk check keeps every list with a wrong size from libsndfile", "[source][audio]")
{
    // 2880 files, each with the list behind the samples and before them. libsndfile 1.2.0 reads 102 of the first for ever.
    const std::string good = wavChunk ("IART", "anna");
    double longest =
        0; // seconds of the processor, of which a busy machine or a sanitizer takes its own share
    std::size_t files = 0, wrong = 0;
    for (const std::string& entry : { std::string ("ABCD"), std::string ("ICMT"), std::string ("ISFT"),
                                      std::string ("labl"), std::string (4, '\0') })
        for (const char* type : { "INFO", "adtl" })
            for (std::uint32_t size = 0xffff'ffe8; size != 0; ++size)
                for (std::uint32_t before = 0; before < 4; ++before)
                    for (const auto sizeFault : { 0U, 8U, 0xffff'fff8U })
                    {
                        std::string content = type;
                        for (std::uint32_t i = 0; i < before; ++i)
                            content += good;
                        content += wavChunk (entry, std::string (4, 'x'), size);
                        const auto claimed =
                            sizeFault > 8 ? sizeFault : (std::uint32_t) content.size() + sizeFault;
                        const auto list = wavChunk ("LIST", content, claimed);
                        const auto data = wavChunk ("data", speechBytes (32));
                        for (const auto& chunks : { data + list, list + data })
                        {
                            ++files;
                            const auto begin = std::clock();
                            const auto reading = readBytes (wavOf (plainFormat() + chunks));
                            longest = std::max (longest, double (std::clock() - begin) / CLOCKS_PER_SEC);
                            wrong += reading.samples.size() != 32 && ! isOneSentence (reading.refusal);
                        }
                    }
    CHECK (files == 5760); // 2880, each before and behind the samples
    CHECK (wrong == 0);
    CHECK (longest < 1.0);
}

TEST_CASE ("A recording that was never closed is read to the end of the file", "[source][audio]")
{
    const auto expected = readBytes (wholeSpeech);
    REQUIRE (expected.samples.size() == 48'000);
    CHECK_FALSE (expected.wasNeverClosed);

    const std::uint32_t right = (std::uint32_t) wholeSpeech.size() - 8;
    const std::uint32_t riffSize = GENERATE_COPY (0U, 8U, 36U, 4088U, right, 0xffff'ffffU);
    const std::string filler = GENERATE (std::string(), wavChunk ("JUNK", std::string (4000, '\0')),
                                         wavChunk ("LIST", "INFO" + wavChunk ("ISFT", "Lavf")));
    CAPTURE (riffSize, filler.size());
    const auto open =
        readBytes (wavOf (plainFormat() + filler + wavChunk ("data", speechBytes(), 0), riffSize));
    CHECK (open.refusal.empty());
    CHECK (open.samples == expected.samples);
    CHECK (open.wasNeverClosed);
}

TEST_CASE ("Samples without a size are read in RF64, RIFX and with an odd byte at the end", "[source][audio]")
{
    SECTION ("RF64")
    {
        const std::string ds64 (28, '\0');
        const auto open = readBytes ("RF64" + std::string (4, '\xff') + "WAVE" + wavChunk ("ds64", ds64) +
                                     plainFormat() + wavChunk ("data", speechBytes(), 0xffff'ffff));
        CHECK (open.samples == readBytes (wholeSpeech).samples);
        CHECK (open.wasNeverClosed);
    }
    SECTION ("RIFX")
    {
        const TemporaryFolder folder;
        auto sound = sine (440.0, 1.0);
        sound.format |= SF_ENDIAN_BIG;
        writeSound (folder.path() / "ada.wav", sound);
        const auto expected = readFile (folder.path() / "ada.wav").samples;
        std::fstream (folder.path() / "ada.wav", std::ios::in | std::ios::out | std::ios::binary)
            .seekp (40)
            .write ("\0\0\0\0", 4);
        const auto open = readFile (folder.path() / "ada.wav");
        CHECK (open.samples == expected);
        CHECK (open.wasNeverClosed);
    }
    SECTION ("an odd byte")
    {
        CHECK (readBytes (wavOf (plainFormat() + wavChunk ("data", speechBytes() + 'x', 0))).samples.size() ==
               48'000);
    }
}

TEST_CASE ("A recording that holds no samples is not taken for one that was never closed", "[source][audio]")
{
    const auto empty = readBytes (wavOf (plainFormat() + wavChunk ("data", "") +
                                         wavChunk ("LIST", "INFO" + wavChunk ("ISFT", "abcd"))));
    CHECK (empty.refusal.empty());
    CHECK (empty.samples.empty());
    CHECK_FALSE (empty.wasNeverClosed);
}

TEST_CASE ("A WAV is read through what stands around its samples", "[source][audio]")
{
    const auto expected = readBytes (wholeSpeech).samples;
    const auto data = wavChunk ("data", speechBytes());
    const auto list = "INFO" + wavChunk ("ISFT", "abcd");
    const auto bytes = GENERATE_COPY (
        std::string ("ID3\4\0\0\0\0\0\5", 10) + "01234" + wholeSpeech,  // a tag in front
        wavOf (plainFormat() + wavChunk ("odd ", "123") + data),        // an odd chunk that is not filled up
        wavOf (plainFormat() + wavChunk ("odd ", "123") + '\0' + data), // and one that is
        wavOf (plainFormat() + wavChunk ("LIST", list, 8U + 16U) +
               data), // a list that reaches over the samples
        wavOf (plainFormat() + wavChunk ("LIST", list, 0xffff'fff8) + data), // by much
        wavOf (plainFormat() + data +
               wavChunk ("LIST", list, 0xffff'fff8)), // broken chunks behind the samples
        wavOf (plainFormat() + data + "trailing words"));
    CHECK (readBytes (bytes).samples == expected);
}

TEST_CASE ("A WAV that no decoder can read is refused with the chunk that is wrong", "[source][audio]")
{
    const auto why = [] (const std::string& bytes) { return readBytes (bytes).refusal; };
    const std::string advice = "). Choose a WAV, FLAC, OGG or MP3 file.",
                      start = " is not a readable recording (";
    CHECK (why (wavOf (wavChunk ("bext", "abcd", 400) + plainFormat())) ==
           start + "its bext chunk says 400 bytes, 28 are left" + advice);
    CHECK (why (wavOf (plainFormat())) == start + "it has no data chunk" + advice);
    CHECK (why (wavOf (wavChunk ("data", speechBytes (100)))) == start + "it has no fmt chunk" + advice);
    CHECK (why ("FORM" + std::string ("\0\0\0\x40", 4) + "AIFFCOMM" + std::string ("\xff\xff\xff\xf0", 4) +
                "xx") == start + "its COMM chunk says 4294967280 bytes, 2 are left" + advice);
}

TEST_CASE ("A recording that breaks off says how much is missing", "[source][audio]")
{
    CHECK (readBytes (wavOf (plainFormat() + wavChunk ("data", speechBytes(), 96'000 * 3))).missingSeconds ==
           Approx (4.0));
    CHECK (readBytes (wavOf (plainFormat() + wavChunk ("data", speechBytes(), 0xffff'ffff))).missingSeconds ==
           0); // a stream
}

TEST_CASE ("Every kind of file gives the samples that libsndfile alone gives", "[source][audio]")
{
    struct Kind
    {
        int format;
        const char* ending;
    };
    const auto kind = GENERATE (values<Kind> ({
        { SF_FORMAT_WAV | SF_FORMAT_PCM_U8, "wav" },
        { SF_FORMAT_WAV | SF_FORMAT_PCM_24, "wav" },
        { SF_FORMAT_WAV | SF_FORMAT_PCM_32, "wav" },
        { SF_FORMAT_WAV | SF_FORMAT_FLOAT, "wav" },
        { SF_FORMAT_WAV | SF_FORMAT_DOUBLE, "wav" },
        { SF_FORMAT_WAV | SF_FORMAT_ULAW, "wav" },
        { SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, "wav" },
        { SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM, "wav" },
        { SF_FORMAT_WAV | SF_FORMAT_GSM610, "wav" },
        { SF_FORMAT_WAV | SF_FORMAT_G721_32, "wav" },
        { SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, "wav" },
        { SF_FORMAT_RF64 | SF_FORMAT_PCM_24, "wav" },
        { SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, "wav" },
        { SF_FORMAT_W64 | SF_FORMAT_PCM_16, "w64" },
        { SF_FORMAT_AIFF | SF_FORMAT_PCM_24, "aiff" },
        { SF_FORMAT_CAF | SF_FORMAT_PCM_16, "caf" },
        { SF_FORMAT_SVX | SF_FORMAT_PCM_16, "svx" },
        { SF_FORMAT_AU | SF_FORMAT_PCM_16, "au" },
        { SF_FORMAT_VOC | SF_FORMAT_PCM_16, "voc" },
        { SF_FORMAT_FLAC | SF_FORMAT_PCM_24, "flac" },
        { SF_FORMAT_OGG | SF_FORMAT_VORBIS, "ogg" },
        { SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, "mp3" },
    }));
    CAPTURE (kind.format);
    const TemporaryFolder folder;
    const auto file = folder.path() / (std::string ("ada.") + kind.ending);
    auto sound = sine (440.0, 0.4 + 1.0 / 8000, 8000); // an odd number of samples
    sound.format = kind.format;
    writeSound (file, sound);
    if (std::string (kind.ending) == "mp3" && GENERATE (false, true)) // found by its name only
    {
        std::ifstream stream (file, std::ios::binary);
        const std::string bytes { std::istreambuf_iterator<char> (stream), {} };
        writeBytes (file, std::string (300, '\0') + bytes);
    }
    const auto reading = readFile (file);
    CHECK (reading.refusal.empty());
    CHECK (reading.samples.size() > 3000);
    CHECK (reading.samples == readSound (file).samples);
}
