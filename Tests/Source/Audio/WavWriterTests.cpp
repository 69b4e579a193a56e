// SPDX-License-Identifier: Apache-2.0
#include "Audio/WavWriter.h"

#include <csignal>
#include <fstream>
#include <iterator>
#include <limits>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "Support/SoundFiles.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
std::size_t filesIn (const std::filesystem::path& folder)
{
    return (std::size_t) std::distance (std::filesystem::directory_iterator (folder), {});
}

std::string bytesOf (const std::filesystem::path& file)
{
    std::ifstream stream (file, std::ios::binary);
    return { std::istreambuf_iterator<char> (stream), {} };
}

/** While it lives, no file of this process can grow above `bytes`: as on a full disk, for any user. */
class FileSizeLimit
{
public:
    explicit FileSizeLimit (rlim_t bytes)
    {
        getrlimit (RLIMIT_FSIZE, &before);
        const rlimit limit { bytes, before.rlim_max };
        setrlimit (RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit()
    {
        setrlimit (RLIMIT_FSIZE, &before);
        std::signal (SIGXFSZ, handler);
    }

private:
    rlimit before {};
    void (*handler) (int) = std::signal (SIGXFSZ, SIG_IGN);
};
} // namespace

TEST_CASE ("WavWriter writes what it is given", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "out.wav";
    const std::vector<float> samples { 0.0f, 0.5f, -0.5f, 1.0f, -1.0f, 1e-5f };

    SECTION ("as 16 bits")
    {
        auto writer = WavWriter::create (file, WavFormat::Int16).value();
        REQUIRE (writer->write (samples));
        REQUIRE (writer->write (samples));
        REQUIRE (writer->finish());
        CHECK (writer->samples() == 12);
        CHECK (writer->clipped() == 0);

        const auto sound = readSound (file);
        CHECK (sound.sampleRateHz == 24'000);
        CHECK (sound.channels == 1);
        CHECK (sound.format == (SF_FORMAT_WAV | SF_FORMAT_PCM_16));
        REQUIRE (sound.samples.size() == 12);
        for (std::size_t i = 0; i < 12; ++i)
            CHECK (sound.samples[i] == Approx ((double) std::lround (samples[i % 6] * 32767) / 32768));
    }
    SECTION ("as floats, bit for bit, at another rate")
    {
        auto writer = WavWriter::create (file, WavFormat::Float32, 48'000).value();
        REQUIRE (writer->write (samples));
        REQUIRE (writer->finish());

        const auto sound = readSound (file);
        CHECK (sound.sampleRateHz == 48'000);
        CHECK (sound.format == (SF_FORMAT_WAV | SF_FORMAT_FLOAT));
        CHECK (sound.samples == samples);
    }
    SECTION ("nothing at all is a valid file")
    {
        auto writer = WavWriter::create (file, WavFormat::Int16).value();
        REQUIRE (writer->finish());
        CHECK (readSound (file).samples.empty());
    }
    CHECK (filesIn (folder.path()) == 1);
}

TEST_CASE ("WavWriter clamps loud samples, counts them, and silences what is no number", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "out.wav";
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const std::vector<float> samples {
        1.5f, -7.0f, infinity, -infinity, std::numeric_limits<float>::quiet_NaN(), 1.0f
    };

    auto writer = WavWriter::create (file, WavFormat::Int16).value();
    REQUIRE (writer->write (samples));
    REQUIRE (writer->finish());
    CHECK (writer->clipped() == 4);

    const float top = 32767 / 32768.0f;
    CHECK (readSound (file).samples == std::vector<float> { top, -top, top, -top, 0.0f, top });
}

TEST_CASE ("WavWriter makes the same bytes of the same samples", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto format = GENERATE (WavFormat::Int16, WavFormat::Float32);
    const auto samples = sine (440.0, 1.0).samples;
    const auto write = [&] (const char* name, std::size_t blockSamples) {
        auto writer = WavWriter::create (folder.path() / name, format).value();
        for (std::size_t at = 0; at < samples.size(); at += blockSamples)
            REQUIRE (writer->write (
                std::span (samples).subspan (at, std::min (blockSamples, samples.size() - at))));
        REQUIRE (writer->finish());
        return bytesOf (folder.path() / name);
    };
    const auto bytes = write ("a.wav", 24'000);
    CHECK (bytes == write ("b.wav", 3'200));
    CHECK (bytes.find ("PEAK") == std::string::npos); // has the time of day in it
}

TEST_CASE ("WavWriter leaves the old file until the new one is whole", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "out.wav";
    std::ofstream (file) << "old";
    std::filesystem::create_symlink (file, folder.path() / "link.wav");

    SECTION ("given up")
    {
        auto writer = WavWriter::create (file, WavFormat::Int16).value();
        REQUIRE (writer->write (sine (440.0, 1.0).samples));
        writer.reset();
        CHECK (bytesOf (file) == "old");
    }
    SECTION ("finished, through a link that stays one")
    {
        auto writer = WavWriter::create (folder.path() / "link.wav", WavFormat::Int16).value();
        REQUIRE (writer->write (sine (440.0, 1.0).samples));
        CHECK (bytesOf (file) == "old");
        REQUIRE (writer->finish());
        CHECK (readSound (file).samples.size() == 24'000);
        CHECK (std::filesystem::is_symlink (folder.path() / "link.wav"));
    }
    SECTION ("two at once: the last to finish stays, unmixed")
    {
        auto first = WavWriter::create (file, WavFormat::Int16).value();
        auto second = WavWriter::create (file, WavFormat::Int16).value();
        REQUIRE (first->write (std::vector<float> (100, 0.25f)));
        REQUIRE (second->write (std::vector<float> (50, 0.5f)));
        REQUIRE (first->finish());
        REQUIRE (second->finish());
        CHECK (readSound (file).samples == std::vector<float> (50, 16384 / 32768.0f));
    }
    CHECK (filesIn (folder.path()) == 2);
}

TEST_CASE ("WavWriter's files have the rights that the user's others have", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto before = umask (027);
    auto writer = WavWriter::create (folder.path() / "out.wav", WavFormat::Int16).value();
    REQUIRE (writer->finish());
    umask (before);
    CHECK ((unsigned) std::filesystem::status (folder.path() / "out.wav").permissions() == 0640);
}

TEST_CASE ("WavWriter says that a place cannot be written", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto refusal = [] (const std::filesystem::path& file) {
        return WavWriter::create (file, WavFormat::Int16).error().text();
    };

    const auto absent = (folder.path() / "absent" / "out.wav").string();
    CHECK (refusal (absent) ==
           absent + ": cannot be written: No such file or directory. Make room or choose another place.");
    CHECK (refusal (folder.path()).find ("Is a directory") != std::string::npos);
    CHECK (refusal ("/dev/full") ==
           "/dev/full: cannot be written: No space left on device. Make room or choose another place.");
    CHECK (refusal ("/proc/out.wav").find ("cannot be written") != std::string::npos);
}

TEST_CASE ("WavWriter never puts a file in the place of a pipe or a device", "[source][voice]")
{
    const TemporaryFolder
        folder; // not a real device: a fault here, run as root, would cost the machine its /dev/null
    const auto pipe = folder.path() / "pipe";
    REQUIRE (mkfifo (pipe.c_str(), 0600) == 0);
    const int reader = ::open (pipe.c_str(), O_RDWR); // or opening to write would wait for one

    if (auto writer = WavWriter::create (pipe, WavFormat::Int16))
    {
        CHECK ((*writer)->write (std::vector<float> (100, 0.1f)));
        (void) (*writer)->finish();
    }
    ::close (reader);
    CHECK (std::filesystem::is_fifo (pipe));
    CHECK (filesIn (folder.path()) == 1);
}

TEST_CASE ("WavWriter tells a disk that fills up, and leaves nothing half-written", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto format = GENERATE (WavFormat::Int16, WavFormat::Float32);
    {
        const FileSizeLimit limit (100'000);
        auto writer = WavWriter::create (folder.path() / "out.wav", format).value();
        Result<void> result;
        for (int i = 0; i < 10 && result; ++i)
            result = writer->write (std::vector<float> (24'000, 0.1f));

        REQUIRE (! result);
        CHECK (result.error().code == ErrorCode::Io);
        CHECK (result.error().message ==
               "cannot be written: File too large. Make room or choose another place.");
        CHECK (writer->write (std::vector<float> (1)).error().message == result.error().message);
        CHECK (writer->finish().error().message == result.error().message);
        CHECK (writer->samples() < 50'000);
    }
    CHECK (filesIn (folder.path()) == 0);
}
