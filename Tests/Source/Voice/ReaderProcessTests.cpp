// SPDX-License-Identifier: Apache-2.0
#include "Voice/ReaderProcess.h"

#include <fstream>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "Support/Failure.h"
#include "Support/SoundFiles.h"
#include "Support/TemporaryFolder.h"
#include "Support/WavBytes.h"
#include "Voice/Reader.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;

namespace
{
const std::filesystem::path reader = TABLEREAD_RECORDING_READER;

/** A program in place of the reader. */
std::filesystem::path script (const TemporaryFolder& folder, const std::string& commands)
{
    auto path = folder.path() / "reader";
    writeBytes (path, "#!/bin/sh\n" + commands + '\n');
    std::filesystem::permissions (path, std::filesystem::perms::owner_all);
    return path;
}

/** By all calls to the system since this process began. */
std::int64_t bytesRead()
{
    std::ifstream counters ("/proc/self/io");
    std::string name;
    std::int64_t bytes = 0;
    counters >> name >> bytes;
    REQUIRE (name == "rchar:");
    return bytes;
}

double secondsSince (std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double> (std::chrono::steady_clock::now() - begin).count();
}
} // namespace

TEST_CASE ("A process reads a recording as this one does", "[source][voice]")
{
    const TemporaryFolder folder;
    auto sound = sine (440.0, 2.0, 44'100, 2);
    for (std::size_t i = 1; i < sound.samples.size(); i += 2)
        sound.samples[i] = 0;
    for (const char* name : { "ada.wav", "it's a \"name\".wav" })
    {
        writeSound (folder.path() / name, sound);
        const auto here = readVoice (folder.path() / name, "Ada").value();
        const auto there = readVoice (folder.path() / name, "Ada", {}, { reader }).value();
        CHECK (there.samples == here.samples);
        CHECK (there.hash == here.hash);
        CHECK (there.notes == here.notes);
        CHECK (there.notes.size() == 2); // a silent side, short
    }
    writeBytes (folder.path() / "text.wav", "text");
    const auto refused = readInProcess (folder.path() / "text.wav", { reader });
    CHECK (refused.error().text() == readRecording (folder.path() / "text.wav").error().text());
    CHECK (readInProcess (folder.path() / "none.wav", { reader }).error().code == ErrorCode::NotFound);
}

TEST_CASE ("A reader that hangs, crashes or talks nonsense gives one sentence", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto errorOf = [&] (const std::string& commands, std::chrono::milliseconds limit = 20s) {
        const auto begin = std::chrono::steady_clock::now();
        auto error = readInProcess ("x/ada.wav", { script (folder, commands), limit }).error();
        CHECK (secondsSince (begin) < 10.0);
        return error;
    };
    const auto damaged = [] (const std::string& why) {
        return "ada.wav is damaged: " + why + ". Convert it to WAV, or choose another recording.";
    };
    const auto waits = errorOf ("exec sleep 60", 500ms);
    CHECK (waits.text() == "ada.wav could not be read within 0.5 s. Check its drive and try again.");
    CHECK (waits.code == ErrorCode::Io);
    const auto computes = errorOf ("while :; do :; done", 500ms);
    CHECK (computes.text() == damaged ("reading it came to no end in 0.5 s"));
    CHECK (computes.code == ErrorCode::InvalidInput);
    CHECK (errorOf ("kill -SEGV $$").text() == damaged ("its decoder ended early (Segmentation fault)"));
    CHECK (errorOf ("exit 1").text() == damaged ("its decoder ended early"));
    CHECK (errorOf ("echo nonsense; exit 0").text() == damaged ("its decoder ended early"));
    CHECK (errorOf ("exec cat /dev/zero").code == ErrorCode::InvalidInput);

    const auto missing = readInProcess ("ada.wav", { folder.path() / "nowhere" }).error();
    CHECK (missing.code == ErrorCode::Io);
    CHECK (missing.text() ==
           "the program that reads recordings cannot be started (" + (folder.path() / "nowhere").string() +
               ": No such file or directory). Install TableRead again, or try again later.");
}

TEST_CASE ("Waiting for a reader stops at once when it is cancelled", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto begin = std::chrono::steady_clock::now();
    const auto error = readInProcess ("ada.wav", { script (folder, "exec sleep 60"), 30s,
                                                   [&] { return secondsSince (begin) > 0.1; } })
                           .error();
    CHECK (error.code == ErrorCode::Cancelled);
    CHECK (secondsSince (begin) < 1.0);
}

TEST_CASE ("A reader has none of the open files of who starts it", "[source][voice]")
{
    const TemporaryFolder folder;
    const int secret = ::open ("/dev/zero", O_RDONLY); // without close-on-exec, as sockets are accepted
    const auto list = folder.path() / "files";
    (void) readInProcess ("ada.wav",
                          { script (folder, "exec ls -l /proc/self/fd > '" + list.string() + "'") });
    ::close (secret);
    std::ifstream in (list);
    const std::string files (std::istreambuf_iterator<char> (in), {});
    CHECK_THAT (files, Catch::Contains ("/dev/null") && ! Catch::Contains ("/dev/zero"));
}

TEST_CASE ("What libmpg123 says does not reach the terminal", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "ada.mp3", words = folder.path() / "words";
    writeBytes (file, std::string (60'000, 'x')); // given to libmpg123 because of its name

    const int before = ::dup (STDERR_FILENO);
    const int kept = ::open (words.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const auto wordsOf = [&] (const ReaderProcess& process) {
        std::filesystem::resize_file (words, 0);
        ::dup2 (kept, STDERR_FILENO);
        const auto recording = readVoice (file, "Ada", {}, process);
        ::dup2 (before, STDERR_FILENO);
        CHECK_FALSE (recording.has_value());
        return std::filesystem::file_size (words);
    };
    const auto inProcess = wordsOf ({ reader }), here = wordsOf ({});
    ::close (before);
    ::close (kept);
    CHECK (inProcess == 0);
    CHECK (here > 0); // or this test shows nothing
}

TEST_CASE ("What a reader sends is not believed", "[source][voice]")
{
    const auto whole = toBytes (Recording { { 0.5f, -0.5f }, { "a note", "" } });
    const auto good = fromBytes (whole).value();
    CHECK (good.samples == std::vector<float> { 0.5f, -0.5f });
    CHECK (good.notes == std::vector<std::string> { "a note", "" });
    const auto refusal = toBytes (tl::unexpected (Error { ErrorCode::Io, "a drive", {} }));
    CHECK (fromBytes (refusal).error().text() == "a drive");
    CHECK (fromBytes (refusal).error().code == ErrorCode::Io);

    const auto isDamaged = [] (const std::string& bytes) {
        return ! fromBytes (bytes) && fromBytes (bytes).error().code == ErrorCode::Internal;
    };
    for (const auto& bytes : { whole, refusal })
    {
        for (std::size_t size = 0; size < bytes.size(); ++size)
            CHECK (isDamaged (bytes.substr (0, size)));
        CHECK (isDamaged (bytes + 'x'));
    }
    // Every count and length is a number of eight bytes; the largest must not be believed at any place.
    std::size_t accepted = 0;
    for (std::size_t at = 0; at + 8 <= whole.size(); ++at)
        accepted += ! isDamaged (std::string (whole).replace (at, 8, std::string (8, '\xff')));
    CHECK (accepted <= 9); // in the note and in the samples
}

TEST_CASE ("A recording that is too long by its header is refused without being read", "[source][voice]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "ada.wav";
    writeSound (file, sine (440.0, 1.0));
    constexpr std::uint32_t twoGigabytes = 2'000'000'000;
    std::fstream header (file, std::ios::binary | std::ios::in | std::ios::out);
    for (const auto& [at, size] : { std::pair (4, twoGigabytes + 36), std::pair (40, twoGigabytes) })
        header.seekp (at).write (reinterpret_cast<const char*> (&size), sizeof (size));
    header.close();
    std::filesystem::resize_file (file, twoGigabytes + 44); // sparse
    for (const auto& error : { readInProcess (file, { reader }).error(), readRecording (file).error() })
    {
        CHECK (error.code == ErrorCode::InvalidInput);
        CHECK (error.message ==
               "reference is longer than 10 minutes. Choose 10 to 30 seconds of clear speech.");
    }
    const auto before = bytesRead();
    CHECK_FALSE (readRecording (file));
    CHECK (bytesRead() - before < 1'000'000); // ten minutes of it have 29 MB

    writeSound (file, sine (440.0, 4.0));
    ReaderProcess process { reader };
    process.mostSeconds = 4;
    CHECK (readInProcess (file, process));
    process.mostSeconds = 3;
    CHECK (
        readInProcess (file, process).error().message ==
        "reference is longer than the 3 s that there is room for. Choose 10 to 30 seconds of clear speech.");
    process.mostSeconds = 2;
    CHECK_FALSE (readInProcess (file, process));
}

TEST_CASE ("Without descriptors for a reader there is no memory, rather than a fault of the drive",
           "[source][voice]")
{
    rlimit limit {};
    REQUIRE (::getrlimit (RLIMIT_NOFILE, &limit) == 0);
    auto none = limit;
    none.rlim_cur = 3;
    REQUIRE (::setrlimit (RLIMIT_NOFILE, &none) == 0);
    const auto error = readInProcess ("ada.wav", { reader }).error();
    REQUIRE (::setrlimit (RLIMIT_NOFILE, &limit) == 0);
    CHECK (error.code == ErrorCode::OutOfMemory);
    CHECK (error.message.find ("Close other programs") != std::string::npos);
}
