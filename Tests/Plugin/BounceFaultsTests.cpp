// SPDX-License-Identifier: GPL-3.0-or-later
// What `--bounce` does with engines that are absent, hang, load, die, or are of another version, how long that takes, and that it
// bounces all once the engine is right.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "AppRun.h"
#include "StateText.h"
#include "Support/FakeEngine.h"
#include "Support/Instrumented.h"
#include "Support/RawServer.h"
#include "Support/SmallDisk.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;
using Catch::Contains;
namespace fs = std::filesystem;

namespace
{
constexpr std::uint64_t seed = 3;
constexpr int modelRate = 24'000;

/** The app and a project that waits for a second without progress, unless it is another one. */
struct Impatient : App
{
    explicit Impatient (const StateText& project = { scene, seed, false, makeImpatient })
    {
        std::ofstream (folder.path() / "scene.tableread") << project.text();
    }

    fs::path socket() const { return folder.path() / "engine.sock"; }

    int bounce (const std::string& environment = {}, const std::string& program = TABLEREAD_FAKE_ENGINE)
    {
        const auto begun = std::chrono::steady_clock::now();
        const auto code = run ("--bounce scene.tableread -o out.wav --rate 24000",
                               "TABLEREAD_ENGINE='" + program + "' " + environment);
        took = std::chrono::steady_clock::now() - begun;
        UNSCOPED_INFO (said());
        return code;
    }

    std::vector<float> heard() const { return readWav (folder.path() / "out.wav", modelRate); }

    bool isWhole() const { return heard() == expectedSound (modelRate, seed); }

    /** It begins with a slate. */
    bool hasSlate() const
    {
        const auto sound = heard();
        return sound.size() > 1'000 &&
               *std::max_element (sound.begin(), sound.begin() + 1'000) == Approx (0.1f).margin (1e-3);
    }

    std::chrono::steady_clock::duration took {};
};
} // namespace

TEST_CASE ("A bounce with an engine that hangs ends when its patience does, and the next one is whole",
           "[plugin][bounce][faults]")
{
    Impatient app;
    CHECK (app.run ("--bounce scene.txt -o other.wav" + engineOption) == 0); // it goes on running
    app.signalEngines (SIGSTOP);
    CHECK (app.bounce() == 4);
    CHECK_THAT (app.said(),
                Contains ("out.wav has 5 gaps") && Contains ("line 1, Anna") &&
                    Contains ("Nothing has come from the engine for 1 s. If it hangs, end it, process " +
                              std::to_string (app.engines().front()) + "; then"));
    CHECK (app.hasSlate());
    CHECK (app.took >= 1s);
    if (! isInstrumented)
        CHECK (app.took < 20s); // not a second for each line and each attempt
    app.signalEngines (SIGCONT);
    CHECK (app.bounce() == 0);
    CHECK (app.isWhole());
    CHECK (app.engines().size() == 1);
}

TEST_CASE ("A bounce leaves no engine behind that it has started and that never opened its socket",
           "[plugin][bounce][faults]")
{
    Impatient app;
    const auto program = app.folder.path() / "sleeps";
    std::ofstream (program) << "#!/bin/sh\necho $$ >> '" << (app.folder.path() / "engine.pids").string()
                            << "'\nexec sleep 600\n";
    fs::permissions (program, fs::perms::owner_all);
    CHECK (app.bounce ({}, program.string()) == 4);
    REQUIRE (app.engines().size() == 1);
    CHECK (::kill (app.engines().front(), 0) != 0);
    CHECK_THAT (app.said(), Contains ("Nothing has come from the engine for 1 s"));
}

TEST_CASE ("A bounce waits for an engine that loads, however little patience it has",
           "[plugin][bounce][faults]")
{
    Impatient app;
    CHECK (app.bounce ("TABLEREAD_FAKE=load-ms=3000") == 0);
    CHECK (app.took >= 3s);
    CHECK (app.isWhole());
}

TEST_CASE ("A bounce waits for an engine that loads for a minute", "[plugin][bounce][faults][.slow]")
{
    Impatient app ({ scene, seed, false }); // which waits for half a minute
    CHECK (app.bounce ("TABLEREAD_FAKE=load-ms=60000") == 0);
    CHECK (app.took >= 60s);
    CHECK (app.isWhole());
}

TEST_CASE ("A bounce with an engine that dies at its start says how, soon", "[plugin][bounce][faults]")
{
    Impatient app;
    CHECK (app.bounce ("TABLEREAD_FAKE=exit") == 4);
    CHECK_THAT (app.said(), Contains ("out.wav has 5 gaps") && Contains ("the tones are out of tune") &&
                                Contains ("3 times in a row"));
    CHECK (app.hasSlate());
    CHECK (app.engines().size() == 3);
    if (! isInstrumented)
        CHECK (app.took < 20s);
    CHECK (app.bounce() == 0);
    CHECK (app.isWhole());
}

TEST_CASE ("A bounce is whole though the engine dies in the middle of a line", "[plugin][bounce][faults]")
{
    Impatient app;
    CHECK (app.bounce ("TABLEREAD_FAKE='die=3;die-once=" + (app.folder.path() / "died").string() + "'") == 0);
    CHECK (fs::exists (app.folder.path() / "died"));
    CHECK (app.isWhole());
    CHECK (app.engines().size() == 2);
}

TEST_CASE ("A bounce without an engine is a slate at each line at once, and whole when there is one",
           "[plugin][bounce][faults]")
{
    Impatient app;
    CHECK (app.bounce ({}, "/nowhere/engine") == 4);
    CHECK_THAT (app.said(), Contains ("out.wav has 5 gaps") && Contains ("/nowhere/engine"));
    CHECK (app.hasSlate());
    if (! isInstrumented)
        CHECK (app.took < 10s);
    CHECK (app.bounce() == 0);
    CHECK (app.isWhole());
}

TEST_CASE ("A bounce with an engine of another protocol says so at once", "[plugin][bounce][faults]")
{
    const std::string ok = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ";
    const auto answering = [&] (const std::string& body) {
        return ok + std::to_string (body.size()) + "\r\n\r\n" + body;
    };
    Impatient app;
    SECTION ("which differs little")
    {
        FakeFaults faults;
        faults.protocol = 2;
        faults.saysBusy = true; // so that it is not ended
        const FakeEngine other (app.socket(), faults);
        CHECK (app.bounce() == 4);
        CHECK_THAT (app.said(), Contains ("speaks protocol 2, this program speaks 1. Install the same"));
    }
    SECTION ("whose answers are other ones")
    {
        const RawServer other (app.socket(), answering (R"({"protocol": 3, "status": {}, "seats": "many"})"));
        CHECK (app.bounce() == 4);
        CHECK_THAT (app.said(), Contains ("speaks protocol 3, this program speaks 1"));
    }
    SECTION ("which is no engine at all")
    {
        const RawServer other (app.socket(), answering ("<html>It works!</html>"));
        CHECK (app.bounce() == 4);
        CHECK_THAT (app.said(), Contains ("no engine that this program understands"));
    }
    if (! isInstrumented)
        CHECK (app.took < 10s);
    CHECK (app.hasSlate());
    CHECK (app.bounce() == 0);
    CHECK (app.isWhole());
}

TEST_CASE ("A bounce with an engine of another version ends it if it is idle, and else uses it",
           "[plugin][bounce][faults]")
{
    Impatient app;
    SECTION ("beside the right one")
    {
        CHECK (app.run ("--bounce scene.txt -o other.wav" + engineOption, "TABLEREAD_FAKE=version=0.0.1") ==
               0);
        CHECK (app.bounce() == 0);
        CHECK (app.engines().size() == 2);
    }
    SECTION ("in whose place another one was installed while it runs")
    {
        const auto program = app.folder.path() / "tableread-engine", next = app.folder.path() / "next";
        fs::copy_file (TABLEREAD_FAKE_ENGINE, program);
        CHECK (app.run ("--bounce scene.txt -o other.wav --engine '" + program.string() + "'",
                        "TABLEREAD_FAKE=version=0.0.1") == 0);
        fs::copy_file (TABLEREAD_FAKE_ENGINE, next);
        fs::rename (next, program);
        CHECK (app.bounce ({}, program.string()) == 0);
        CHECK (app.engines().size() == 2);
    }
    SECTION ("which is busy")
    {
        FakeFaults faults;
        faults.version = "9.9.9";
        faults.saysBusy = true;
        const FakeEngine other (app.socket(), faults);
        CHECK (app.bounce() == 0);
        CHECK (other.jobs() == 5);
    }
    CHECK (app.isWhole());
}

TEST_CASE ("A line that an engine has refused is asked for again by the next bounce",
           "[plugin][bounce][faults]")
{
    Impatient app;
    const auto takes = [&] { return documentIn (contentOf (app.folder.path() / "scene.tableread")).takes; };
    for (int i = 0; i < 2; ++i)
    {
        CHECK (app.bounce ("TABLEREAD_FAKE=refuse=404") == 4);
        CHECK_THAT (app.said(), Contains ("the file is not audio"));
        CHECK (takes().size() == 5); // a failure is written down once
    }
    app.endEngines();
    CHECK (app.bounce() == 0);
    CHECK (app.isWhole());
    const auto all = takes();
    CHECK (std::count_if (all.begin(), all.end(), [] (const auto& take) {
               return take->state == project::TakeRecord::State::Done;
           }) == 5);
}

TEST_CASE (
    "A project that was cut or changed is refused by a bounce, or bounced with a note, and stays as it is",
    "[plugin][bounce][faults]")
{
    Impatient app;
    const auto file = app.folder.path() / "scene.tableread";
    const auto whole = contentOf (file);
    constexpr std::size_t samples = 6;
    for (std::size_t i = 1; i <= samples; ++i)
    {
        auto bytes = whole.substr (0, whole.size() * i / (samples + 1));
        std::ofstream (file) << bytes;
        CHECK (app.bounce() == 2);
        CHECK_THAT (app.said(), Contains ("scene.tableread: ") && ! Contains ("terminate"));
        CHECK (contentOf (file) == bytes);
    }
    auto bytes = whole;
    bytes[bytes.find ("cold")] = 'b';
    std::ofstream (file) << bytes;
    CHECK (app.bounce() == 0);
    CHECK_THAT (app.said(), Contains ("checksum"));
    CHECK_FALSE (app.isWhole()); // "bold" is what it says now
}

TEST_CASE ("A bounce that cannot be written to its end says so, and leaves nothing",
           "[plugin][bounce][faults]")
{
    Impatient app;
    const auto& folder = app.folder.path();
    const auto write = [&] (const std::string& to) {
        return app.run ("--bounce scene.tableread -o " + to + engineOption);
    };
    SECTION ("on a disk that is full")
    {
        const SmallDisk disk (folder / "disk", "size=64k");
        if (! disk.isMounted())
        {
            WARN ("only root can make a small disk");
            return;
        }
        CHECK (write ("disk/out.wav") == 75);
        CHECK_THAT (app.said(), Contains ("disk/out.wav: cannot be written: No space left on device"));
        CHECK (fs::is_empty (folder / "disk"));
    }
    SECTION ("to a device that is full")
    {
        fs::create_symlink ("/dev/full", folder / "out.wav");
        CHECK (write ("out.wav") == 75);
        CHECK_THAT (app.said(), Contains ("cannot be written: No space left on device"));
        CHECK (fs::is_symlink (folder / "out.wav"));
    }
    SECTION ("into a pipe whose reader goes away")
    {
        REQUIRE (::mkfifo ((folder / "out.wav").c_str(), 0600) == 0);
        std::thread reader ([&] { const std::ifstream opened (folder / "out.wav"); });
        CHECK (write ("out.wav") == 75);
        reader.join();
        CHECK_THAT (app.said(), Contains ("cannot be written: Broken pipe"));
        CHECK (fs::is_fifo (folder / "out.wav"));
    }
}
