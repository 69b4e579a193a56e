// SPDX-License-Identifier: Apache-2.0
#include "Audio/Writer.h"

#include <fstream>
#include <iterator>
#include <limits>
#include <thread>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "Audio/OutputFile.h"
#include "Audio/Sndfile.h"
#include "Support/FileSizeLimit.h"
#include "Support/SoundFiles.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
constexpr AudioFormat floats { Container::Wav, SampleType::Float32 };

std::size_t filesIn (const std::filesystem::path& folder)
{
    return (std::size_t) std::distance (std::filesystem::directory_iterator (folder), {});
}

std::string bytesOf (const std::filesystem::path& file)
{
    std::ifstream stream (file, std::ios::binary);
    return { std::istreambuf_iterator<char> (stream), {} };
}
} // namespace

TEST_CASE ("AudioWriter writes what it is given", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "out.wav";
    const std::vector<float> samples { 0.0f, 0.5f, -0.5f, 1.0f, -1.0f, 1e-5f };

    SECTION ("as 16 bits")
    {
        auto writer = AudioWriter::create (file, AudioFormat {}).value();
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
        auto writer = AudioWriter::create (file, floats, 48'000).value();
        REQUIRE (writer->write (samples));
        REQUIRE (writer->finish());

        const auto sound = readSound (file);
        CHECK (sound.sampleRateHz == 48'000);
        CHECK (sound.format == (SF_FORMAT_WAV | SF_FORMAT_FLOAT));
        CHECK (sound.samples == samples);
    }
    SECTION ("nothing at all is a valid file")
    {
        auto writer = AudioWriter::create (file, AudioFormat {}).value();
        REQUIRE (writer->finish());
        CHECK (readSound (file).samples.empty());
    }
    CHECK (filesIn (folder.path()) == 1);
}

TEST_CASE ("AudioWriter clamps loud samples, counts them, and silences what is not a number",
           "[source][voice]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "out.wav";
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const std::vector<float> samples {
        1.5f, -7.0f, infinity, -infinity, std::numeric_limits<float>::quiet_NaN(), 1.0f
    };

    auto writer = AudioWriter::create (file, AudioFormat {}).value();
    REQUIRE (writer->write (samples));
    REQUIRE (writer->finish());
    CHECK (writer->clipped() == 4);

    const float top = 32767 / 32768.0f;
    CHECK (readSound (file).samples == std::vector<float> { top, -top, top, -top, 0.0f, top });
}

TEST_CASE ("AudioWriter makes the same bytes from the same samples", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto format = GENERATE (SampleType::Int16, SampleType::Float32);
    const auto samples = sine (440.0, 1.0).samples;
    const auto write = [&] (const char* name, std::size_t blockSamples) {
        auto writer = AudioWriter::create (folder.path() / name, { Container::Wav, format }).value();
        for (std::size_t at = 0; at < samples.size(); at += blockSamples)
            REQUIRE (writer->write (
                std::span (samples).subspan (at, std::min (blockSamples, samples.size() - at))));
        REQUIRE (writer->finish());
        return bytesOf (folder.path() / name);
    };
    const auto bytes = write ("a.wav", 24'000);
    CHECK (bytes == write ("b.wav", 3'200));
    CHECK (bytes.find ("PEAK") == std::string::npos); // it holds the time of day
}

TEST_CASE ("AudioWriter leaves the old file until the new one is whole", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "out.wav";
    std::ofstream (file) << "old";
    std::filesystem::create_symlink (file, folder.path() / "link.wav");

    SECTION ("given up")
    {
        auto writer = AudioWriter::create (file, AudioFormat {}).value();
        REQUIRE (writer->write (sine (440.0, 1.0).samples));
        writer.reset();
        CHECK (bytesOf (file) == "old");
    }
    SECTION ("finished, through a link that stays a link")
    {
        auto writer = AudioWriter::create (folder.path() / "link.wav", AudioFormat {}).value();
        REQUIRE (writer->write (sine (440.0, 1.0).samples));
        CHECK (bytesOf (file) == "old");
        REQUIRE (writer->finish());
        CHECK (readSound (file).samples.size() == 24'000);
        CHECK (std::filesystem::is_symlink (folder.path() / "link.wav"));
    }
    SECTION ("two at once: the last to finish stays, unmixed")
    {
        auto first = AudioWriter::create (file, AudioFormat {}).value();
        auto second = AudioWriter::create (file, AudioFormat {}).value();
        REQUIRE (first->write (std::vector<float> (100, 0.25f)));
        REQUIRE (second->write (std::vector<float> (50, 0.5f)));
        REQUIRE (first->finish());
        REQUIRE (second->finish());
        CHECK (readSound (file).samples == std::vector<float> (50, 16384 / 32768.0f));
    }
    CHECK (filesIn (folder.path()) == 2);
}

TEST_CASE ("AudioWriter's files have the permissions of the user's other files", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto before = umask (027);
    auto writer = AudioWriter::create (folder.path() / "out.wav", AudioFormat {}).value();
    REQUIRE (writer->finish());
    umask (before);
    CHECK ((unsigned) std::filesystem::status (folder.path() / "out.wav").permissions() == 0640);
}

TEST_CASE ("AudioWriter says that a place cannot be written", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto refusal = [] (const std::filesystem::path& file) {
        return AudioWriter::create (file, AudioFormat {}).error().text();
    };

    const auto absent = (folder.path() / "absent" / "out.wav").string();
    CHECK (refusal (absent) ==
           absent + ": cannot be written: No such file or directory. Make room or choose another place.");
    CHECK (refusal (folder.path()).find ("Is a directory") != std::string::npos);
    CHECK (refusal ("/dev/full") ==
           "/dev/full: cannot be written: No space left on device. Make room or choose another place.");
    CHECK (refusal ("/proc/out.wav").find ("cannot be written") != std::string::npos);
}

TEST_CASE ("AudioWriter never puts a file in the place of a pipe or a device", "[source][voice]")
{
    const TemporaryFolder
        folder; // not a real device: a fault here, run as root, would cost the machine its /dev/null
    const auto pipe = folder.path() / "pipe";
    REQUIRE (mkfifo (pipe.c_str(), 0600) == 0);
    const int reader =
        ::open (pipe.c_str(), O_RDWR); // or opening the pipe for writing would wait for a reader

    if (auto writer = AudioWriter::create (pipe, AudioFormat {}))
    {
        CHECK ((*writer)->write (std::vector<float> (100, 0.1f)));
        CHECK ((*writer)->finish());
    }
    std::string piped (1000, '\0');
    piped.resize ((std::size_t)::read (reader, piped.data(), piped.size()));
    ::close (reader);
    CHECK (std::filesystem::is_fifo (pipe));
    CHECK (filesIn (folder.path()) == 1);

    const auto file =
        AudioWriter::create (folder.path() / "file.wav", AudioFormat {}).value(); // the same, header and all
    CHECK (file->write (std::vector<float> (100, 0.1f)));
    CHECK (file->finish());
    std::ifstream stream (folder.path() / "file.wav", std::ios::binary);
    CHECK ((piped == std::string (std::istreambuf_iterator<char> (stream), {})));
}

TEST_CASE ("AudioWriter reports a disk that fills up, and leaves nothing half-written", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto format = GENERATE (SampleType::Int16, SampleType::Float32);
    {
        const FileSizeLimit limit (100'000);
        auto writer = AudioWriter::create (folder.path() / "out.wav", { Container::Wav, format }).value();
        Result<void> result;
        for (int i = 0; i < 10 && result; ++i)
            result = writer->write (std::vector<float> (24'000, 0.1f));

        REQUIRE (! result);
        CHECK (result.error().code == ErrorCode::OutOfMemory);
        CHECK (result.error().message ==
               "cannot be written: File too large. Make room or choose another place.");
        CHECK (writer->write (std::vector<float> (1)).error().message == result.error().message);
        CHECK (writer->finish().error().message == result.error().message);
        CHECK (writer->samples() < 50'000);
    }
    CHECK (filesIn (folder.path()) == 0);
}

TEST_CASE ("What was written before the disk was full can be kept", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto format = GENERATE (SampleType::Int16, SampleType::Float32);
    const FileSizeLimit limit (100'000);
    auto writer = AudioWriter::create (folder.path() / "out.wav", { Container::Wav, format }).value();
    while (writer->write (std::vector<float> (2'400, 0.25f)))
        ;
    const auto kept = writer->keepPartial().value();
    CHECK (kept == folder.path() / "out.partial.wav");
    const auto sound = readSound (kept);
    CHECK (sound.samples.size() >= (std::size_t) writer->samples());
    CHECK (sound.samples.size() <= 50'000);
    CHECK (sound.samples.front() == Approx (0.25).margin (1e-4));
    CHECK (filesIn (folder.path()) == 1);
}

TEST_CASE ("A partial file replaces nothing", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "out.take.wav";
    std::ofstream (file) << "old";
    for (const std::string name :
         { "out.take.partial.wav", "out.take.partial-2.wav", "out.take.partial-3.wav" })
    {
        auto writer = AudioWriter::create (file, {}).value();
        REQUIRE (writer->write (std::vector<float> (100 + name.size(), 0.25f)));
        CHECK (writer->keepPartial().value() == folder.path() / name);
        CHECK (readSound (folder.path() / name).samples.size() == 100 + name.size());
    }
    CHECK (bytesOf (file) == "old");
    CHECK (filesIn (folder.path()) == 4);
}

TEST_CASE ("A file that is replaced keeps its mode, and a link to it stays", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "real" / "out.wav", link = folder.path() / "link.wav";
    std::filesystem::create_directory (folder.path() / "real");
    const auto write = [&link] {
        auto writer = AudioWriter::create (link, {}).value();
        REQUIRE (writer->write (std::vector<float> (100, 0.25f)));
        REQUIRE (writer->finish());
    };
    std::filesystem::create_symlink ("real/out.wav", link); // points to nothing yet
    write();
    CHECK (std::filesystem::is_symlink (link));
    REQUIRE (std::filesystem::is_regular_file (file));
    ::chmod (file.c_str(), 0604);
    write();
    CHECK (std::filesystem::is_symlink (link));
    CHECK ((unsigned) std::filesystem::status (file).permissions() == 0604);
    CHECK (filesIn (folder.path() / "real") == 1);
}

TEST_CASE ("A file that a killed program left is told from one that is being written", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "out.wav";
    auto writer = AudioWriter::create (file, {}).value();
    REQUIRE (writer->write (std::vector<float> (4'800, 0.25f)));
    CHECK (leftBehind (file).empty());
    std::filesystem::copy_file (folder.path() / "out.wav.1.part", folder.path() / "out.wav.2.part");
    const std::vector<std::filesystem::path> abandoned { folder.path() / "out.wav.2.part" };
    CHECK (leftBehind (file) == abandoned);
    std::filesystem::create_symlink (file, folder.path() / "link.wav");
    CHECK (leftBehind (folder.path() / "link.wav") == abandoned);
    CHECK (readSound (abandoned.front()).samples.size() == 4'800); // its header is right all the time
    auto other = AudioWriter::create (file, {}).value();
    REQUIRE (other->finish());
    REQUIRE (writer->finish());
    CHECK (leftBehind (file) == abandoned);
}

TEST_CASE ("The file's name decides its format", "[source][voice]")
{
    const TemporaryFolder folder;
    auto samples = sine (440.0, 2.0).samples;
    samples.resize (samples.size() - 1'234);
    const auto write = [&] (const std::string& name) {
        const auto file = folder.path() / name;
        auto writer = AudioWriter::create (file, formatOf (file, SampleType::Int16).value()).value();
        for (std::size_t at = 0; at < samples.size(); at += 3'200)
            REQUIRE (writer->write (
                std::span (samples).subspan (at, std::min<std::size_t> (3'200, samples.size() - at))));
        REQUIRE (writer->finish());
        return readSound (file);
    };
    const auto wav = write ("a.wav");
    CHECK (write ("a.FLAC").samples == wav.samples);
    const auto [name, format] =
        GENERATE (table<std::string, int> ({ { "a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS },
                                             { "a.Opus", SF_FORMAT_OGG | SF_FORMAT_OPUS },
                                             { "a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III } }));
    const auto lossy = write (name);
    CHECK (lossy.format == format);
    CHECK (lossy.sampleRateHz == 24'000);
    CHECK (std::abs ((double) lossy.samples.size() - (double) wav.samples.size()) < 0.05 * 24'000);
    double product = 0, power = 0; // it is the same tone, at the same time
    for (std::size_t i = 0; i < std::min (lossy.samples.size(), wav.samples.size()); ++i)
    {
        product += (double) lossy.samples[i] * wav.samples[i];
        power += (double) wav.samples[i] * wav.samples[i];
    }
    CHECK (product / power > 0.9);
}

TEST_CASE ("Other formats, and floats where there are none, are refused", "[source][voice]")
{
    for (const char* name : { "a", "a.", "a.aiff", "a.wav.txt", "folder.wav/a", ".wav", "a.m4a" })
        CHECK (formatOf (name, SampleType::Int16).error().message.find (".wav, .flac, .ogg, .opus or .mp3") !=
               std::string::npos);
    for (const char* name : { "a.flac", "a.ogg", "a.opus", "a.mp3" })
        CHECK (formatOf (name, SampleType::Float32).error().message.find ("no floats") != std::string::npos);
    CHECK (formatOf ("a.WAV", SampleType::Float32));
    CHECK (formatOf ("/dev/null", SampleType::Int16)->container == Container::Wav);
}

TEST_CASE ("A rate that a format does not have is refused, and one that it has is written", "[source][voice]")
{
    const TemporaryFolder folder;
    const std::string name = GENERATE ("a.wav", "a.flac", "a.ogg", "a.opus", "a.mp3");
    const int rate = GENERATE (1'000, 11'025, 44'100, 48'000, 65'537, 96'000, 192'000, 200'000, 384'000,
                               655'350, 1'000'000);
    CAPTURE (name, rate);
    const auto file = folder.path() / name;
    const auto format = formatOf (file, SampleType::Int16, rate);
    CHECK (format.has_value() == hasRate (formatOf (file, SampleType::Int16)->container, rate));
    if (! format)
    {
        CHECK (format.error().code == ErrorCode::InvalidInput);
        CHECK (format.error().text() == file.string() + ": " + name.substr (2) + " files cannot have " +
                                            std::to_string (rate) +
                                            " samples a second. Choose 48000, or a name that ends in .wav.");
        return;
    }
    auto writer = AudioWriter::create (file, *format, rate).value();
    REQUIRE (writer->write (std::vector<float> (10'000, 0.25f)));
    REQUIRE (writer->finish());
    CHECK (readSound (file).samples.size() >= 10'000);
}

TEST_CASE ("What can only be written from front to back gets the format of its name too", "[source][voice]")
{
    const TemporaryFolder folder;
    const std::string name = GENERATE ("a.flac", "a.ogg", "a.opus", "a.mp3", "a.wav", "a");
    CAPTURE (name);
    const auto samples = sine (440.0, 1.0).samples;
    const auto write = [&] (const std::filesystem::path& place) {
        auto writer = AudioWriter::create (place, formatOf (place, SampleType::Int16).value()).value();
        REQUIRE (writer->write (samples));
        REQUIRE (writer->finish());
    };
    const auto expected = formatOf (name == "a" ? "a.wav" : name, SampleType::Int16).value();
    SECTION ("a pipe")
    {
        const auto pipe = folder.path() / name, copy = folder.path() / "copy";
        REQUIRE (mkfifo (pipe.c_str(), 0600) == 0);
        std::thread reader ([&] {
            std::ofstream (copy, std::ios::binary) << std::ifstream (pipe, std::ios::binary).rdbuf();
        });
        write (pipe);
        reader.join();
        const auto sound = readSound (copy);
        CHECK (sound.format == sndfileFormat (expected));
        CHECK (sound.samples.size() >= samples.size());
    }
    SECTION ("a device")
    {
        std::filesystem::create_symlink ("/dev/null", folder.path() / name);
        CHECK (formatOf (folder.path() / name, SampleType::Int16)->container == expected.container);
        write (folder.path() / name);
    }
}
