// SPDX-License-Identifier: Apache-2.0
#include "Audio/File.h"

#include <cstring>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "Audio/ForeignFormat.h"
#include "Support/Failure.h"
#include "Support/SoundFiles.h"
#include "Support/TemporaryFolder.h"
#include "Support/WavBytes.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::string_literals;

namespace
{
Error refusalOf (const std::filesystem::path& file)
{
    return AudioFile::open (file).error();
}

void readToEnd (AudioFile& file)
{
    std::vector<float> block;
    for (file.read (block); ! block.empty();)
        file.read (block);
}

/** Replaces the open descriptor of `file` by one whose reads fail, as when its drive is pulled out. */
void pullOut (const std::filesystem::path& file)
{
    const int failing = ::open ("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    for (int number = 3; number < 200; ++number)
    {
        std::error_code none;
        if (std::filesystem::read_symlink ("/proc/self/fd/" + std::to_string (number), none) == file)
            ::dup2 (failing, number);
    }
    ::close (failing);
}
} // namespace

TEST_CASE ("What is not a regular file is refused without being opened", "[source][audio]")
{
    const TemporaryFolder folder;
    const auto pipe = folder.path() / "ada.wav";
    REQUIRE (::mkfifo (pipe.c_str(), 0600) == 0);
    const std::string advice = "). Choose a WAV, FLAC, OGG or MP3 file.",
                      start = " is not a readable recording (";
    CHECK (refusalOf (pipe).text() == "ada.wav" + start + "it is not a file but a pipe" + advice);
    CHECK (refusalOf ("/dev/zero").text() == "zero" + start + "it is not a file but a device" + advice);
    CHECK (refusalOf (folder.path()).text().find ("it is not a file but a folder") != std::string::npos);

    std::filesystem::create_symlink (pipe, folder.path() / "link.wav");
    CHECK (refusalOf (folder.path() / "link.wav").text().find ("a pipe") != std::string::npos);
    writeBytes (folder.path() / "empty.wav", "");
    CHECK (refusalOf (folder.path() / "empty.wav").text() == "empty.wav" + start + "it is empty" + advice);
    std::filesystem::create_symlink ("loop.wav", folder.path() / "loop.wav");
    CHECK (
        refusalOf (folder.path() / "loop.wav").text() ==
        "loop.wav cannot be read (Too many levels of symbolic links). Check the path and its permissions.");
}

TEST_CASE ("A drive that fails and a file that changes end the reading with a sentence", "[source][audio]")
{
    CHECK (refusalOf ("/proc/self/mem").code == ErrorCode::Io);
    CHECK (refusalOf ("/proc/self/mem").text() ==
           "mem cannot be read (Input/output error). Check its drive and try again.");

    const TemporaryFolder folder;
    const auto path = folder.path() / "ada.wav";
    writeSound (path, sine (440.0, 30.0));
    auto opened = AudioFile::open (path).value();
    std::vector<float> block;
    opened.read (block);
    REQUIRE (block.size() > 1000);
    REQUIRE (opened.checkRead().has_value());
    std::string why = "ada.wav changed while it was read. Wait until it is complete, and try again.";

    SECTION ("the drive goes away")
    {
        pullOut (path);
        why = "ada.wav cannot be read (Input/output error). Check its drive and try again.";
    }
    SECTION ("the file shrinks")
    {
        std::filesystem::resize_file (path, 10'000);
    }
    SECTION ("the file grows")
    {
        std::ofstream (path, std::ios::binary | std::ios::app) << "more";
    }
    readToEnd (opened);
    const auto whole = opened.checkRead();
    REQUIRE_FALSE (whole.has_value());
    CHECK (whole.error().text() == why);
    CHECK (whole.error().code == ErrorCode::Io);
}

TEST_CASE ("Formats that are not read are named by their content, with the command that converts them",
           "[source][audio]")
{
    struct Kind
    {
        std::string head, name;
    };
    const auto kind = GENERATE (values<Kind> ({
        { "\0\0\0\x20"s + "ftypM4A ", "an M4A file" },
        { "\0\0\0\x20"s + "ftypisom", "an MP4 file" },
        { "\0\0\0\x20"s + "ftypqt  ", "a QuickTime file" },
        { "\0\0\0\x18"s + "ftyp3gp4", "a 3GP file" },
        { "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm"s, "a WebM file" },
        { "\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska"s, "a Matroska file" },
        { "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa"s, "a WMA file" },
        { "RIFF\x40\0\0\0AVI LIST"s, "an AVI file" },
        { "\xff\xf1\x50\x80\x2e\x7f\xfc\x21"s, "an AAC file" },
        { "#!AMR-WB\n"s, "an AMR file" },
    }));
    const TemporaryFolder folder;
    for (const char* name : { "ada.wav", "ada.audio" })
    {
        const auto file = folder.path() / name;
        writeBytes (file, kind.head + std::string (500, 'x'));
        const auto converted = folder.path() / (file.extension() == ".wav" ? "ada-converted.wav" : "ada.wav");
        CHECK (refusalOf (file).text() == std::string (name) + " is " + kind.name +
                                              ", a format that is not read. Convert it: ffmpeg -i '" +
                                              file.string() + "' '" + converted.string() + "'");
        CHECK (refusalOf (file).code == ErrorCode::InvalidInput);
        std::filesystem::remove (file);
    }
}

TEST_CASE ("File names are quoted for a shell, and for ffmpeg", "[source][audio]")
{
    CHECK (shellQuoted ("a b$(c)`d`\"e") == "'a b$(c)`d`\"e'");
    CHECK (shellQuoted ("it's") == R"('it'\''s')");
    CHECK (shellQuoted ("two\nlines'\\") == R"($'two\012lines\047\134')");
    const auto command = [] (const char* path) {
        const auto text = foreignFormat (path, "\0\0\0\x20"s + "ftypM4A ")->message;
        return text.substr (text.find ("ffmpeg"));
    };
    CHECK (command ("takes/Anna's.m4a") == R"(ffmpeg -i 'takes/Anna'\''s.m4a' 'takes/Anna'\''s.wav')");
    CHECK (command ("-y.m4a") == "ffmpeg -i './-y.m4a' './-y.wav'");
    CHECK (command ("Take 1: Anna.m4a") == "ffmpeg -i './Take 1: Anna.m4a' './Take 1: Anna.wav'");
}

TEST_CASE ("A stereo file with a silent or an inverted side is seen", "[source][audio]")
{
    using Fault = ChannelStatistics::SideFault;
    const auto statisticsOf = [] (float right, float noise, float offset) {
        ChannelStatistics statistics (2);
        std::vector<float> frames;
        for (int i = 0; i < 48'000; ++i)
        {
            const auto left = 0.3f * std::sin (0.1f * (float) i);
            frames.insert (frames.end(),
                           { left, right * left + noise * std::sin (0.37f * (float) i) + offset });
        }
        statistics.add (frames);
        return statistics;
    };
    CHECK (statisticsOf (1, 0, 0).sideFault() == Fault::None);
    CHECK (statisticsOf (0, 0.3f, 0).sideFault() == Fault::None); // two microphones
    CHECK (statisticsOf (0, 0, 0).sideFault() == Fault::Silent);
    CHECK (statisticsOf (0, 0.0005f, 0).sideFault() == Fault::Silent);
    CHECK (statisticsOf (0, 0, 0.25f).sideFault() == Fault::Silent); // constant
    CHECK (statisticsOf (0, 0.01f, 0).sideFault() == Fault::None);
    CHECK (statisticsOf (-1, 0, 0).sideFault() == Fault::Inverted);
    CHECK (statisticsOf (-0.5f, 0.27f, 0).sideFault() == Fault::None);     // correlation -0.49
    CHECK (statisticsOf (-0.5f, 0.25f, 0).sideFault() == Fault::Inverted); // -0.51
    CHECK (statisticsOf (-0.5f, 0, 0).louderSide() == 0);
    CHECK (statisticsOf (-2, 0, 0).louderSide() == 1);
}
