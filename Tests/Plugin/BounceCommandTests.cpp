// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "AppRun.h"
#include "Project/File/Place.h"
#include "StateText.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

TEST_CASE ("A script is bounced without a window, as a host would hear it", "[plugin][bounce]")
{
    App app;
    CHECK (app.run ("--bounce scene.txt -o out.wav --seed 3" + engineOption) == 0);
    CHECK_THAT (app.said(), Catch::Contains ("out.wav") && Catch::Contains ("5 lines"));
    CHECK ((readWav (app.folder.path() / "out.wav", 48'000) == expectedSound (48'000, 3)));
    CHECK (app.run ("--bounce scene.txt -o slow.wav --rate 24000 --voice Anna=anna --seed 3" +
                    engineOption) == 0);
    CHECK ((readWav (app.folder.path() / "slow.wav", 24'000) == expectedSound (24'000, 3)));
}

TEST_CASE ("A bounce in which a line was cut off says so by its exit code", "[plugin][bounce]")
{
    App app;
    CHECK (app.run ("--bounce scene.txt -o out.wav --seed 3" + engineOption,
                    "TABLEREAD_FAKE=finish=length") == 4);
    CHECK_THAT (app.said(), Catch::Contains ("reached the length limit"));
    CHECK ((readWav (app.folder.path() / "out.wav", 48'000) == expectedSound (48'000, 3)));
}

TEST_CASE ("A bounce with closed standard streams has no words in it", "[plugin][bounce]")
{
    App app;
    const std::string closed = GENERATE ("2>&-", "<&- >&- 2>&-");
    CHECK (app.run ("--bounce scene.txt -o out.wav --seed 3" + engineOption + " " + closed + " #") == 0);
    CHECK ((readWav (app.folder.path() / "out.wav", 48'000) == expectedSound (48'000, 3)));
}

TEST_CASE ("An impossible bounce is refused in one line, and leaves no file", "[plugin][bounce]")
{
    struct Bad
    {
        const char* arguments;
        int exitCode;
        const char* says;
    };
    const auto bad = GENERATE (
        Bad { "--bounce missing.txt -o out.wav", 2, "missing.txt: does not exist. Check the path." },
        Bad { "--bounce . -o out.wav", 2, ".: is a folder. Give a text file." },
        Bad { "--bounce /proc/self/mem -o out.wav", 75,
              "/proc/self/mem: cannot be read: Input/output error" },
        Bad { "--bounce scene.txt", 2, "needs -o" }, Bad { "-o out.wav", 2, "--bounce" },
        Bad { "--bounce scene.txt -o out.wav --rate 10", 2, "--rate 10" },
        Bad { "--bounce scene.txt -o out.wav --voice Anna", 2, "NAME=FILE" },
        Bad { "--bounce scene.txt -o out.wav --slate maybe", 2, "--slate" },
        Bad { "--bounce scene.txt -o out.wav --patience 0", 2, "--patience" },
        Bad { "--bounce scene.txt -o out.wav --gap 250", 2, "is not a gap" },
        Bad { "--bounce scene.txt -o out.wav --gap ''", 2, "is not a gap" },
        Bad { "--bounce wide.txt -o out.wav", 2,
              "TableRead: wide.txt: the script is UTF-16. Save it as UTF-8." },
        Bad { "--bounce subtitles.txt -o out.wav", 2, "Write lines such as \"Anna: Hello.\"\n" },
        Bad { "--bounce scene.tableread -o out.wav --gap line=1", 2, "--gap cannot be given for a project" },
        Bad { "--bounce scene.txt -o out.wav --voice Tom=anna", 2,
              "nobody in scene.txt has this name. Anna and Ben" },
        Bad { "--bounce scene.txt -o out.wav --voice Anna=nosuch.wav", 2,
              "TableRead: voice \"Anna\": nosuch.wav does not exist. Check the path." },
        Bad { "--bounce scene.txt -o out.wav --voice Ben=empty.txt", 2,
              "TableRead: voice \"Ben\": empty.txt is not a readable recording" },
        Bad { "--bounce scene.txt -o out.wav --voice Ben=klara", 2,
              "TableRead: voice \"Ben\": \"klara\" is neither a recording nor a voice of the model: anna, "
              "ben, clara and "
              "david. Choose another." },
        Bad { "--bounce scene.txt -o folder", 2, "folder: is a folder" },
        Bad { "--bounce scene.txt -o out.aiff", 2, ".wav" },
        Bad { "--bounce scene.txt -o out.mp3 --rate 96000", 2,
              "TableRead: out.mp3: mp3 files cannot have 96000 samples a second. Choose 48000" },
        Bad { "--bounce scene.txt -o out.opus --rate 44100", 2, "opus files cannot have 44100" },
        Bad { "--bounce scene.tableread -o out.wav --seed 3", 2, "--seed cannot be given for a project" },
        Bad { "--bounce broken.tableread -o out.wav", 2, "broken.tableread: " },
        Bad { "--bounce empty.txt -o out.wav", 2, "empty.txt: " },
        Bad { "--bounce scene.txt -o /nowhere/out.wav", 2, "/nowhere/out.wav" },
        Bad { "--bounce scene.txt -o ./scene.txt", 2, "is also an input" },
        Bad { "--bounce scene.txt -o scene.txt --voice Anna=scene.txt", 2, "is also an input" },
        Bad { "--bounce scene.txt -o out.wav --seed -1", 2, "2^64" },
        Bad { "--bounce scene.txt -o out.wav --seed 18446744073709551616", 2, "2^64" },
        Bad { "--bounce scene.txt -o out.wav --engine /nowhere/engine", 2, "/nowhere/engine" });
    CAPTURE (bad.arguments);
    App app;
    std::ofstream (app.folder.path() / "empty.txt") << "\n";
    std::ofstream (app.folder.path() / "wide.txt") << "\xff\xfe"
                                                      "A";
    std::ofstream (app.folder.path() / "subtitles.txt") << "1\n00:00:01,000 --> 00:00:02,000\nHi.\n";
    std::ofstream (app.folder.path() / "scene.tableread") << StateText { scene }.text();
    std::ofstream (app.folder.path() / "broken.tableread") << StateText { scene }.text().substr (0, 500);
    std::filesystem::create_directory (app.folder.path() / "folder");
    const bool ownEngine = std::string (bad.arguments).find ("--engine") != std::string::npos;
    const bool isBounce = std::string (bad.arguments).find ("--bounce") != std::string::npos;
    CHECK (app.run (bad.arguments + (ownEngine || ! isBounce ? std::string() : engineOption)) ==
           bad.exitCode);
    CHECK_THAT (app.said(), Catch::Contains (bad.says));
    CHECK_FALSE (std::filesystem::exists (app.folder.path() / "out.wav"));
}

TEST_CASE ("A project is bounced, and has its takes afterwards", "[plugin][bounce]")
{
    App app;
    const auto file = app.folder.path() / "scene.tableread";
    std::ofstream (file) << StateText {
        scene, 3, false,
        [] (project::Project& source) {
            const auto ben = source.document()->lines[1]->id;
            REQUIRE (source.edit (project::SetAnchor { ben, project::AtSeconds { 30.0 } }));
        }
    }.text();
    CHECK (app.run ("--bounce scene.tableread -o out.wav --rate 24000" + engineOption) == 0);
    const auto first = readWav (app.folder.path() / "out.wav", 24'000);
    const auto plain = expectedSound (24'000, 3);
    CHECK (first.size() > 720'000);
    CHECK ((std::vector (first.begin(), first.begin() + 9'600) ==
            std::vector (plain.begin(), plain.begin() + 9'600)));
    CHECK (first[696'000] == 0.0f);

    // Now it needs no engine.
    const auto document = documentIn (contentOf (file));
    CHECK (document.takes.size() == 5);
    CHECK (document.takes[0]->state == project::TakeRecord::State::Done);
    app.endEngines();
    CHECK (app.run ("--bounce scene.tableread -o again.wav --rate 24000") == 0);
    CHECK ((readWav (app.folder.path() / "again.wav", 24'000) == first));
    CHECK (documentIn (contentOf (file)) == document);
}

TEST_CASE ("A bounce says which speech lies before its start, and fails", "[plugin][bounce]")
{
    App app;
    const double start = GENERATE (-0.777, -300.0);
    CAPTURE (start);
    std::ofstream (app.folder.path() / "scene.tableread") << StateText {
        scene, 3, false,
        [&] (project::Project& source) {
            const auto anna = source.document()->lines[0]->id;
            REQUIRE (source.edit (project::SetAnchor { anna, project::AtSeconds { start } }));
        }
    }.text();
    std::ofstream (app.folder.path() / "out.wav") << "old";
    CHECK (app.run ("--bounce scene.tableread -o out.wav --rate 24000" + engineOption) == 4);
    if (start > -1.0)
    {
        CHECK_THAT (app.said(), Catch::Contains ("line 1, Anna: its first 0.777 s are not heard"));
        const auto all = expectedSound (24'000, 3);
        CHECK ((readWav (app.folder.path() / "out.wav", 24'000) ==
                std::vector (all.begin() + 18'648, all.end())));
        return;
    }
    CHECK_THAT (app.said(), Catch::Contains ("line 6, Anna: none of its") &&
                                Catch::Contains ("Nothing was written, since there is no speech after 0.") &&
                                ! Catch::Contains ("Done"));
    CHECK (contentOf (app.folder.path() / "out.wav") == "old");
    for (const auto& file : std::filesystem::directory_iterator (app.folder.path()))
        CHECK (file.path().extension() != ".part");
}

TEST_CASE ("A bounce says how many locked lines play older words", "[plugin][bounce]")
{
    App app;
    const auto file = app.folder.path() / "scene.tableread";
    std::ofstream (file) << StateText { scene, 3, false }.text();
    REQUIRE (app.run ("--bounce scene.tableread -o out.wav" + engineOption) == 0);
    auto content = project::readProject (file);
    REQUIRE (content);
    project::Project source (*content->document);
    for (const std::size_t place : { 1u, 3u })
        REQUIRE (source.edit (project::SetLocked { source.document()->lines[place]->id, true }));
    auto words = *source.document()->script;
    words.replace (words.find ("train"), 5, "coach");
    REQUIRE (source.edit (project::SetScript { words }));
    content->document = source.document();
    REQUIRE (project::writeProject (file, *content));
    CHECK (app.run ("--bounce scene.tableread -o out.wav" + engineOption) == 0);
    CHECK_THAT (app.said(), Catch::Contains ("Done: 5 lines") &&
                                Catch::Contains ("1 locked line plays older words, voices or settings"));
}

TEST_CASE ("A bounce with gaps has slates, says where they are, and fails", "[plugin][bounce]")
{
    App app;
    std::ofstream (app.folder.path() / "scene.tableread") << StateText { scene, 3 }.text();
    const std::string input = GENERATE ("scene.txt", "scene.tableread");
    CHECK (app.run ("--bounce " + input + " -o out.wav --rate 24000" + engineOption,
                    "TABLEREAD_FAKE=refuse=404") == 4);
    CHECK_THAT (app.said(), Catch::Contains ("out.wav has 5 gaps") && Catch::Contains ("line 1, Anna") &&
                                Catch::Contains ("line 1, Anna: voice \"Ada\": the file is not audio"));
    const auto heard = readWav (app.folder.path() / "out.wav", 24'000);
    CHECK (*std::max_element (heard.begin(), heard.begin() + 1'000) == Approx (0.1f).margin (1e-3));
}

TEST_CASE ("A line that is too long for the model is refused, and no file is written", "[plugin][bounce]")
{
    App app;
    std::ofstream script (app.folder.path() / "long.txt");
    script << "Anna: Hello.\nBen: ";
    for (int i = 0; i < 500; ++i)
        script << "word ";
    script.close();
    CHECK (app.run ("--bounce long.txt -o out.wav" + engineOption, "TABLEREAD_FAKE=most-letters=1000") == 2);
    CHECK_THAT (app.said(), Catch::Contains ("TableRead: line 2, Ben: the passage is too long. Split it.\n"));
    for (const auto& entry : std::filesystem::directory_iterator (app.folder.path()))
        CHECK (entry.path().filename().string().find ("out.wav") == std::string::npos);
}

TEST_CASE ("A bounce has gaps, a slate or none, and patience, as its options say", "[plugin][bounce]")
{
    App app;
    CHECK (app.run ("--bounce scene.txt -o plain.wav --rate 24000 --seed 3" + engineOption) == 0);
    CHECK (app.run ("--bounce scene.txt -o gaps.wav --rate 24000 --seed 3 --gap line=100,speaker=250" +
                    engineOption) == 0);
    const auto plain = readWav (app.folder.path() / "plain.wav", 24'000),
               gaps = readWav (app.folder.path() / "gaps.wav", 24'000);
    CHECK (gaps.size() ==
           plain.size() + std::size_t { 3 } * 6'000); // before the second, the fourth and the fifth line
    app.endEngines();

    std::ofstream (app.folder.path() / "scene.tableread") << StateText { scene, 4 }.text();
    const auto before = contentOf (app.folder.path() / "scene.tableread");
    const auto begun = std::chrono::steady_clock::now();
    CHECK (
        app.run ("--bounce scene.tableread -o out.wav --rate 24000 --slate off --patience 1" + engineOption,
                 "TABLEREAD_FAKE=hang") == 4);
    CHECK (std::chrono::steady_clock::now() - begun < std::chrono::seconds (25)); // 30 would be usual
    CHECK_THAT (app.said(), Catch::Contains ("5 gaps") && ! Catch::Contains ("tone"));
    const auto heard = readWav (app.folder.path() / "out.wav", 24'000);
    CHECK (std::all_of (heard.begin(), heard.end(), [] (float sample) { return sample == 0.0f; }));
    CHECK (documentIn (contentOf (app.folder.path() / "scene.tableread")).settings ==
           documentIn (before).settings); // for this bounce alone
}

TEST_CASE ("A bounce without any engine fails, and does not go on for long", "[plugin][bounce]")
{
    App app;
    CHECK (app.run ("--bounce scene.txt -o out.wav --rate 24000", "TABLEREAD_ENGINE=/nowhere/engine") == 4);
    CHECK_THAT (app.said(), Catch::Contains ("5 gaps") && Catch::Contains ("/nowhere/engine"));
}

TEST_CASE ("A bounce is written in the format of its name", "[plugin][bounce]")
{
    App app;
    const auto [name, format] =
        GENERATE (table<std::string, int> ({ { "out.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16 },
                                             { "out.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS },
                                             { "out.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS } }));
    CAPTURE (name);
    CHECK (app.run ("--bounce scene.txt --seed 3 -o " + name + engineOption) == 0);
    const auto sound = readSound (app.folder.path() / name);
    CHECK (sound.format == format);
    CHECK (sound.sampleRateHz == 48'000);
    CHECK (sound.samples.size() >= expectedSound (48'000, 3).size());
}

TEST_CASE ("A bounce is written through links and into pipes", "[plugin][bounce]")
{
    App app;
    const auto& folder = app.folder.path();
    const auto expected = expectedSound (24'000, 3);
    const auto command = "--bounce scene.txt --seed 3 --rate 24000 -o out.wav" + engineOption;
    SECTION ("a link")
    {
        std::ofstream (folder / "target.wav") << "old";
        std::filesystem::create_symlink ("target.wav", folder / "out.wav");
        CHECK (app.run (command) == 0);
        CHECK (std::filesystem::is_symlink (folder / "out.wav"));
        CHECK ((readWav (folder / "target.wav", 24'000) == expected));
    }
    SECTION ("a pipe")
    {
        CHECK (app.run (command) == 0);
        REQUIRE (::mkfifo ((folder / "pipe.wav").c_str(), 0600) == 0);
        std::string piped;
        std::thread reader ([&] { piped = contentOf (folder / "pipe.wav"); });
        CHECK (app.run ("--bounce scene.txt --seed 3 --rate 24000 -o pipe.wav" + engineOption) == 0);
        reader.join();
        CHECK (std::filesystem::is_fifo (folder / "pipe.wav"));
        CHECK ((piped == contentOf (folder / "out.wav")));
    }
    SECTION ("a pipe that is not for a WAV")
    {
        REQUIRE (::mkfifo ((folder / "pipe.flac").c_str(), 0600) == 0);
        std::string piped;
        std::thread reader ([&] { piped = contentOf (folder / "pipe.flac"); });
        CHECK (app.run ("--bounce scene.txt -o pipe.flac" + engineOption) == 0);
        reader.join();
        CHECK (piped.substr (0, 4) == "fLaC");
    }
    SECTION ("a device")
    {
        std::filesystem::create_symlink ("/dev/null", folder / "out.wav");
        CHECK (app.run (command) == 0);
        CHECK (std::filesystem::is_symlink (folder / "out.wav"));
        CHECK (std::filesystem::is_character_file ("/dev/null"));
    }
}

TEST_CASE ("Sound on standard output has no words in it", "[plugin][bounce]")
{
    App app;
    const auto& folder = app.folder.path();
    app.run ("--bounce scene.txt -o /dev/stdout --seed 3 --rate 24000" + engineOption +
             " 2>words.txt | cat > piped.wav #");
    CHECK (app.run ("--bounce scene.txt -o out.wav --seed 3 --rate 24000" + engineOption) == 0);
    CHECK ((contentOf (folder / "piped.wav") == contentOf (folder / "out.wav")));
    CHECK_THAT (contentOf (folder / "words.txt"),
                Catch::Contains ("/dev/stdout: ") && Catch::Contains ("5 lines"));
}

TEST_CASE ("A bounce that a signal stops says so, leaves no file, and keeps the one that was there",
           "[plugin][bounce]")
{
    App app;
    const auto [signal, code, faults] = GENERATE (table<std::string, int, std::string> (
        { { "INT", 130, "hang" }, { "TERM", 143, "frame-ms=500" }, { "HUP", 129, "load-ms=60000" } }));
    CAPTURE (signal);
    const auto out = app.folder.path() / "out.wav";
    std::ofstream (out) << "old";
    std::ofstream (app.folder.path() / "scene.tableread") << StateText { scene, 3 }.text();
    const auto begun = std::chrono::steady_clock::now();
    CHECK (app.run ("--bounce scene.tableread -o out.wav" + engineOption,
                    "TABLEREAD_FAKE=" + faults + " timeout --preserve-status -s " + signal + " 3") == code);
    CHECK (std::chrono::steady_clock::now() - begun <
           std::chrono::seconds (20)); // 30 without progress is usual
    CHECK (app.said() ==
           "TableRead: Stopped: what was rendered is kept in the project, and out.wav was not written.\n");
    CHECK (contentOf (out) == "old");
    for (const auto& entry : std::filesystem::directory_iterator (app.folder.path()))
        CHECK (entry.path().extension() != ".part");
}

TEST_CASE ("What a killed bounce left is named by the next one", "[plugin][bounce]")
{
    App app;
    const auto& folder = app.folder.path();
    app.run ("--bounce scene.txt -o out.wav" + engineOption, "TABLEREAD_FAKE=hang timeout -s KILL 3");
    REQUIRE (std::filesystem::exists (folder / "out.wav.1.part"));
    app.signalEngines (SIGKILL);
    CHECK (app.run ("--bounce scene.txt -o out.wav" + engineOption) == 0);
    CHECK_THAT (app.said(), Catch::Contains ("out.wav.1.part has 0.0 s of a render that was killed."));
}

TEST_CASE ("An engine that runs already speaks, and the user is told so", "[plugin][bounce]")
{
    App app;
    CHECK (app.run ("--bounce scene.txt -o out.wav" + engineOption) == 0);
    CHECK_THAT (app.said(), ! Catch::Contains ("another engine is running"));
    CHECK (app.run ("--bounce scene.txt -o out.wav" + engineOption) == 0); // the same program
    CHECK_THAT (app.said(), ! Catch::Contains ("another engine is running"));
    const auto beside = std::filesystem::path (TABLEREAD_FAKE_ENGINE).replace_filename ("beside");
    std::filesystem::copy_file ("/bin/true", beside, std::filesystem::copy_options::overwrite_existing);
    CHECK (app.run ("--bounce scene.txt -o out.wav --engine " + beside.string()) ==
           0); // may have become the other
    CHECK_THAT (app.said(), ! Catch::Contains ("another engine is running"));
    std::filesystem::remove (beside);
    CHECK (app.run ("--bounce scene.txt -o out.wav --engine /bin/true") == 0);
    CHECK_THAT (app.said(), Catch::Contains ("another engine is running, " TABLEREAD_FAKE_ENGINE) &&
                                Catch::Contains ("/bin/true"));
}

TEST_CASE ("A store that cannot be written costs no bounce", "[plugin][bounce]")
{
    App app;
    CHECK (app.run ("--bounce scene.txt -o out.wav --seed 3" + engineOption,
                    "TABLEREAD_TAKES=/proc/nowhere") == 0);
    CHECK_THAT (app.said(), Catch::Contains ("/proc/nowhere"));
    CHECK ((readWav (app.folder.path() / "out.wav", 48'000) == expectedSound (48'000, 3)));
}

TEST_CASE ("The app knows its version and its options", "[plugin][bounce]")
{
    App app;
    CHECK (app.run ("--version") == 0);
    CHECK (app.run ("--help") == 0);
    CHECK_THAT (app.said(), Catch::Contains ("--bounce"));
    const auto help = app.said();
    CHECK (app.run ("--bounce --help") == 0);
    CHECK (app.said() == help);
    CHECK (app.run ("--unknown") == 2);
}
