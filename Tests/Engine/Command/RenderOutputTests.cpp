// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cmath>
#include <csignal>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <sys/stat.h>

#include "Audio/Writer.h"
#include "Command/Render/OutputChecks.h"
#include "RenderFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

TEST_CASE ("A line that was cut unasked is no success, and not complete", "[engine][command][render]")
{
    RenderFixture engine;
    engine.write ("out.wav", "yesterday's");
    engine.control->finish = FinishReason::Length;
    const auto outcome = engine.render (twoLines, { "--json", "--stems", engine.path ("takes") });
    CHECK (outcome.code == 4);
    CHECK_THAT (outcome.err, Contains ("line 1, Anna: the length limit was reached after 0.1 s of speech") &&
                                 Contains ("Kept " + engine.path ("out.partial.wav")) &&
                                 Contains ("Not complete: line 1, Anna; line 3, Ben."));
    const auto json = nlohmann::json::parse (outcome.out);
    CHECK (json["finish"] == "length");
    CHECK (json["exit_code"] == 4);
    CHECK (json["output"] == engine.path ("out.partial.wav"));
    CHECK (json["passages"][0]["finish"] == "length");
    CHECK (json["passages"][0]["file"] == engine.path ("takes/001_Anna.partial.wav"));
    CHECK_THAT (json["notes"][0].get<std::string>(), Contains ("the length limit"));
    CHECK (engine.read ("out.wav") == "yesterday's");
    CHECK (engine.files ("takes") ==
           std::vector<std::string> { "001_Anna.partial.wav", "002_Ben.partial.wav" });
}

TEST_CASE ("Speech that --max-seconds ends is complete", "[engine][command][render]")
{
    RenderFixture engine;
    engine.control->finish = FinishReason::MaxSeconds;
    const auto outcome = engine.render ("Anna: Good morning.\n", { "--json", "--max-seconds", "3" });
    CHECK (outcome.code == 0);
    const auto json = nlohmann::json::parse (outcome.out);
    CHECK (json["finish"] == "max_seconds");
    CHECK (json["passages"][0]["finish"] == "max_seconds");
    CHECK (json["output"] == engine.path ("out.wav"));
    CHECK (engine.files() == std::vector<std::string> { "out.wav", "script.txt" });
}

TEST_CASE ("Ctrl-C stops within a frame and keeps what is rendered", "[engine][command][render][cancel]")
{
    RenderFixture engine;
    engine.write ("out.wav", "yesterday's");
    engine.write ("out.partial.wav", "this morning's");
    engine.control->frames = 100;
    const int signal = GENERATE (SIGINT, SIGTERM, SIGHUP);
    engine.control->atFrame = [&] (int frame) {
        if (engine.control->framesRendered == 100 + 7 && frame == 7)
            raise (signal);
    };
    const auto outcome =
        engine.render (twoLines, { "--stems", engine.path ("takes"), "--json", "--passages", "1" });
    CHECK (outcome.code == 128 + signal);
    CHECK (engine.control->framesRendered == 100 + 8); // the passage that was begun is kept
    auto begun = engine.line ("Ben", "Is it?", "ben", {}, 100);
    begun.resize (8 * FakeRenderer::frameSamples);
    CHECK (wavFloats (engine.read ("out.partial-2.wav")) ==
           engine.line ("Anna", "Good morning.", "anna", {}, 100) + Samples (2400, 0.0f) + begun);
    CHECK (engine.read ("out.wav") == "yesterday's");
    CHECK (engine.read ("out.partial.wav") == "this morning's");
    CHECK (engine.files ("takes") == std::vector<std::string> { "001_Anna.wav", "002_Ben.partial.wav" });
    CHECK (wavFloats (engine.read ("takes/002_Ben.partial.wav")) == begun);
    CHECK_THAT (outcome.err, Contains ("Stopped; kept " + engine.path ("out.partial-2.wav")));
    const auto json = nlohmann::json::parse (outcome.out);
    CHECK (json["finish"] == "cancelled");
    CHECK (json["output"] == engine.path ("out.partial-2.wav"));
    CHECK (json["passages"][1]["file"] == engine.path ("takes/002_Ben.partial.wav"));
    CHECK (engine.exitedWith == -1);
}

TEST_CASE ("A render that does not stop by itself is ended, with what it has spoken",
           "[engine][command][render][cancel]")
{
    RenderFixture engine;
    engine.control->frames = 20;
    engine.control->atFrame = [&] (int frame) {
        if (engine.control->framesRendered != 27 || frame != 7)
            return;
        const auto begin = std::chrono::steady_clock::now();
        raise (SIGTERM); // and nobody looks at it until the process is told to exit
        for (int waited = 0; engine.exitedWith == -1 && waited < 500; ++waited)
            std::this_thread::sleep_for (std::chrono::milliseconds (10));
        CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (1));
    };
    const auto outcome =
        engine.render (twoLines, { "--stems", engine.path ("takes"), "--json", "--passages", "1" });
    CHECK (engine.exitedWith == 143);
    auto begun = engine.line ("Ben", "Is it?", "ben", {}, 20);
    begun.resize (7 * FakeRenderer::frameSamples);
    CHECK (wavFloats (engine.read ("out.partial.wav")) ==
           engine.line ("Anna", "Good morning.", "anna", {}, 20) + Samples (2400, 0.0f) + begun);
    CHECK (engine.files ("takes") == std::vector<std::string> { "001_Anna.wav", "002_Ben.partial.wav" });
    CHECK (engine.files() == std::vector<std::string> { "out.partial.wav", "script.txt", "takes" });
    const auto json = nlohmann::json::parse (outcome.out);
    CHECK (json["passages"].size() == 2);
    CHECK (json["exit_code"] == 143);
}

TEST_CASE ("A second signal ends a render that does not stop at once", "[engine][command][render][cancel]")
{
    RenderFixture engine;
    std::chrono::steady_clock::time_point begin;
    engine.control->beforeVoice = [&] {
        begin = std::chrono::steady_clock::now();
        raise (SIGINT);
        std::this_thread::sleep_for (std::chrono::milliseconds (50));
        raise (SIGINT);
        for (int waited = 0; engine.exitedWith == -1 && waited < 500; ++waited)
            std::this_thread::sleep_for (std::chrono::milliseconds (2));
        CHECK (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds (400));
    };
    const auto outcome = engine.render (twoLines);
    CHECK (engine.exitedWith == 130);
    CHECK_THAT (outcome.err, Contains ("nothing was written"));
    CHECK (engine.files() == std::vector<std::string> { "script.txt" });
}

TEST_CASE ("Ctrl-C before the first frame leaves nothing", "[engine][command][render][cancel]")
{
    RenderFixture engine;
    engine.control->beforeVoice = [] { raise (SIGINT); };
    const auto outcome = engine.render (twoLines);
    CHECK (outcome.code == 130);
    CHECK_THAT (outcome.err, Contains ("nothing was written"));
    CHECK (engine.control->voicesEncoded == 0); // it stopped after the first piece of it
    CHECK (engine.control->passagesRendered == 0);
    CHECK (engine.files() == std::vector<std::string> { "script.txt" });
}

TEST_CASE ("Ctrl-C while a recording is read in its process ends within a second",
           "[engine][command][render][cancel]")
{
    RenderFixture engine;
    engine.recordingReader = engine.write ("reader", "#!/bin/sh\nkill -INT $PPID\nexec sleep 60\n");
    std::filesystem::permissions (engine.recordingReader, std::filesystem::perms::owner_all);
    const auto begin = std::chrono::steady_clock::now();
    const auto outcome = engine.render (twoLines);
    CHECK (outcome.code == 130);
    CHECK_THAT (outcome.err, Contains ("nothing was written"));
    CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (1));

    engine.recordingReader = engine.path ("nowhere");
    CHECK_THAT (engine.render (twoLines).err,
                Contains ("the program that reads recordings cannot be started"));
}

TEST_CASE ("A render that fails keeps what it has spoken, and names the line",
           "[engine][command][render][errors]")
{
    RenderFixture engine;
    const auto [kind, code] = GENERATE (table<ErrorCode, int> ({ { ErrorCode::InvalidInput, 2 },
                                                                 { ErrorCode::OutOfMemory, 75 },
                                                                 { ErrorCode::Io, 75 },
                                                                 { ErrorCode::Internal, 1 } }));
    engine.control->failAtFrame = 3;
    engine.control->failure = { kind, "the latents are not numbers.", {} };
    const auto outcome = engine.render (twoLines, { "--json", "--stems", engine.path ("takes") });
    CHECK (outcome.code == code);
    CHECK_THAT (outcome.err, Contains ("tableread-engine: line 1, Anna: the latents are not numbers.\n") &&
                                 Contains ("Kept " + engine.path ("out.partial.wav")));
    const auto json = nlohmann::json::parse (outcome.out);
    CHECK (json["error"]["message"] == "line 1, Anna: the latents are not numbers.");
    CHECK (json["exit_code"] == code);
    CHECK (json["output"] == engine.path ("out.partial.wav"));
    auto spoken = engine.line ("Anna", "Good morning.", "anna");
    spoken.resize (3 * FakeRenderer::frameSamples);
    CHECK (wavFloats (engine.read ("out.partial.wav")) == spoken);
    CHECK (engine.files ("takes") == std::vector<std::string> { "001_Anna.partial.wav" });
}

TEST_CASE ("A render that fails before it speaks leaves nothing", "[engine][command][render][errors]")
{
    RenderFixture engine;
    engine.control->failAtFrame = 0;
    const auto outcome = engine.render (twoLines, { "--json" });
    CHECK (outcome.code == 1);
    const auto json = nlohmann::json::parse (outcome.out);
    CHECK (json["error"]["code"] == "internal");
    CHECK (json["error"]["message"] == "line 1, Anna: the fake renderer was told to fail");
    CHECK (engine.files() == std::vector<std::string> { "script.txt" });
}

TEST_CASE ("A full disk stops the work and keeps what is on it", "[engine][command][render][errors]")
{
    RenderFixture engine;
    engine.control->frames = 1000;
    std::signal (SIGXFSZ, SIG_IGN);
    rlimit before {};
    getrlimit (RLIMIT_FSIZE, &before);
    const rlimit small { 100'000, before.rlim_max };
    setrlimit (RLIMIT_FSIZE, &small);
    const auto outcome = engine.render (twoLines);
    setrlimit (RLIMIT_FSIZE, &before);
    CHECK (outcome.code == 75);
    CHECK_THAT (outcome.err, Contains (engine.path ("out.wav")));
    CHECK (engine.control->framesRendered < 1000);
    CHECK (engine.files() == std::vector<std::string> { "out.partial.wav", "script.txt" });
    CHECK (wavFloats (engine.read ("out.partial.wav")).size() > 20'000);
}

TEST_CASE ("An output that is also an input is refused, under any name", "[engine][command][render][errors]")
{
    RenderFixture engine;
    const auto voice = engine.path ("voice.wav");
    std::filesystem::copy_file (engine.model() / "voices/anna.flac", voice);
    std::filesystem::create_symlink (voice, engine.path ("link.wav"));
    std::filesystem::create_hard_link (voice, engine.path ("twin.wav"));
    const auto before = engine.read ("voice.wav");
    const std::string script = engine.write ("script.wav", "Anna: Hi.\n"); // any name will do for a script
    std::filesystem::create_directory (engine.path ("x"));
    const auto output = engine.path (GENERATE (
        values<std::string> ({ "voice.wav", "./x/../voice.wav", "link.wav", "twin.wav", "script.wav" })));
    CAPTURE (output);
    const auto files = engine.files();
    const auto outcome = engine.run ({ "render", script, "--voice", "Anna=" + voice, "-o", output });
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains (output) && Contains ("overwritten"));
    CHECK (engine.read ("voice.wav") == before);
    CHECK (engine.read ("script.wav") == "Anna: Hi.\n");
    CHECK (engine.files() == files);
    CHECK (engine.control->passagesRendered == 0);
}

TEST_CASE ("An output that is a file of the model is refused", "[engine][command][render][errors]")
{
    RenderFixture engine;
    std::filesystem::create_directories (engine.path ("model/voices"));
    for (const auto& entry : std::filesystem::directory_iterator (engine.model()))
        if (entry.is_regular_file())
            std::filesystem::create_symlink (entry.path(), std::filesystem::path (engine.path ("model")) /
                                                               entry.path().filename());
    std::filesystem::copy_file (engine.model() / "voices/anna.flac", engine.path ("model/voices/anna.flac"));
    const auto before = engine.read ("model/voices/anna.flac");
    std::filesystem::create_symlink ("model/voices/anna.flac", engine.path ("link.wav"));
    const auto outcome = engine.run ({ "render", engine.write ("s.txt", "Anna: Hi.\n"), "--model",
                                       engine.path ("model"), "-o", engine.path ("link.wav") });
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("a file of the model"));
    CHECK (engine.read ("model/voices/anna.flac") == before);
}

TEST_CASE ("A stem that is also an input, or a link to one, is refused", "[engine][command][render][errors]")
{
    RenderFixture engine;
    const auto script = engine.write ("001_Anna.wav", "Anna: Hi.\nBen: Hi.\n");
    CHECK (engine.run ({ "render", script, "--stems", engine.path ("") }).code == 2);
    CHECK (engine.read ("001_Anna.wav") == "Anna: Hi.\nBen: Hi.\n");
    const auto voice = engine.path ("voice.wav");
    std::filesystem::copy_file (engine.model() / "voices/ben.flac", voice);
    const auto before = engine.read ("voice.wav");
    std::filesystem::create_directory (engine.path ("takes"));
    std::filesystem::create_symlink (voice, engine.path ("takes/002_Ben.wav"));
    const auto outcome = engine.run ({ "render", script, "--voice", "Anna=" + voice, "--voice", "Ben=ben",
                                       "--stems", engine.path ("takes") });
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("002_Ben.wav") && Contains ("the voice of Anna"));
    CHECK (engine.read ("voice.wav") == before);
}

TEST_CASE ("Outputs that cannot be what they are asked to be are refused before anything is loaded",
           "[engine][command][render][errors]")
{
    RenderFixture engine;
    REQUIRE (mkfifo (engine.path ("pipe.wav").c_str(), 0600) == 0);
    const auto files = engine.files();
    using Arguments = std::vector<std::string>;
    const auto [output, more, says] = GENERATE (table<std::string, Arguments, std::string> ({
        { "-", {}, "--stdout" },
        { "pipe.wav", {}, "--stdout" },
        { "out.aiff", {}, ".flac" },
        { "out", {}, ".flac" },
        { "out.mp3", { "--format", "f32" }, "no floats" },
        { "out.wav", { "--seed", "18446744073709551616" }, "2^64" },
        { "out.wav", { "--seed", "-2" }, "random" },
        { "out.wav", { "--seed", "7x" }, "2^64" },
        { "out.wav", { "--seed", "1.5" }, "2^64" },
        { "out.wav", { "--max-seconds", "nan" }, "--max-seconds" },
        { "out.wav", { "--max-seconds", "inf" }, "--max-seconds" },
        { "out.wav", { "--vram", "8" }, "unit" },
        { "out.wav", { "--preset", "gigantic" }, "not a preset" },
    }));
    Arguments arguments { "render", engine.write ("script.txt", "Anna: Hi.\n"), "--json", "-o",
                          output == "-" ? output : engine.path (output) };
    arguments.insert (arguments.end(), more.begin(), more.end());
    CAPTURE (output, more);
    const auto outcome = engine.run (arguments);
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains (says));
    CHECK (std::count (outcome.err.begin(), outcome.err.end(), '\n') == 1);
    const auto json = nlohmann::json::parse (outcome.out);
    CHECK (json["exit_code"] == 2);
    CHECK ("tableread-engine: " + json["error"]["message"].get<std::string>() + "\n" == outcome.err);
    CHECK (engine.files().size() == files.size() + 1); // the script
}

TEST_CASE ("A passage that is too long for the model is refused, a scene is divided",
           "[engine][command][render][errors]")
{
    RenderFixture engine; // the embedded model has 4096 positions, some nine minutes
    std::string words, scene;
    for (int i = 0; i < 150; ++i)
    {
        words += " This sentence has forty-four characters, or so.";
        scene += "Anna: This sentence has forty-four characters, or so.\n";
    }
    const auto refused = engine.render ("Ben: Hi.\nAnna:" + words + "\n");
    CHECK (refused.code == 2);
    CHECK_THAT (refused.err, Contains ("line 2, Anna: too long to be spoken at once") &&
                                 Contains ("about 8.6 minutes") && Contains ("characters"));
    CHECK (engine.files() == std::vector<std::string> { "script.txt" });
    CHECK (engine.render (scene).code == 0);
    const auto divided = engine.render (scene, { "--passage", "scene", "--json" });
    CHECK (divided.code == 0);
    CHECK_THAT (divided.err, Contains ("a new passage begins here"));
    CHECK (nlohmann::json::parse (divided.out)["passages"].size() > 1);
}

TEST_CASE ("Voices are cut to one length where a passage does not fit otherwise, or as asked",
           "[engine][command][render]")
{
    RenderFixture engine;
    std::string words;
    for (int i = 0; i < 40; ++i)
        words += " This sentence has forty-four characters, or so.";
    const auto record = [&engine] (const std::string& name, double seconds) {
        auto writer = AudioWriter::create (engine.path (name), {}).value();
        std::vector<float> samples (static_cast<std::size_t> (seconds * 24'000));
        for (std::size_t i = 0; i < samples.size(); ++i)
            samples[i] = 0.1f * std::sin (0.05f * static_cast<float> (i));
        REQUIRE (writer->write (samples));
        REQUIRE (writer->finish());
        return engine.path (name);
    };
    const std::vector<std::string> voices { "--voice", "Anna=" + record ("long.wav", 200), "--voice",
                                            "Ben=" + record ("short.wav", 20) };
    auto seconds = std::make_shared<std::vector<double>>();
    engine.control->heardSeconds = seconds;
    const auto with = [&] (std::vector<std::string> more) {
        more.insert (more.end(), voices.begin(), voices.end());
        seconds->clear();
        return engine.render ("Anna: Hi.\nBen: Yes.\nAnna:" + words, more);
    };
    const auto cut = with ({});
    CHECK (cut.code == 0);
    CHECK_THAT (cut.err, Contains ("are cut to that, so that the longest passage fits"));
    REQUIRE (seconds->size() == 2);
    CHECK (seconds->at (0) > 20);
    CHECK (seconds->at (0) < 180);
    CHECK (seconds->at (1) == 20);
    const auto asked = with ({ "--voice-seconds", "12.5" });
    CHECK_THAT (asked.err, ! Contains ("are cut to that"));
    CHECK (*seconds == std::vector<double> { 12.5, 12.5 });
}

TEST_CASE ("More steps than the model has are refused", "[engine][command][render][errors]")
{
    RenderFixture engine;
    for (const auto* name : { "config.json", "tokenizer.json", "preprocessor_config.json" })
        if (std::filesystem::exists (engine.model() / name))
            std::filesystem::copy_file (engine.model() / name, engine.path (name));
    std::filesystem::create_directory_symlink (engine.model() / "voices", engine.path ("voices"));
    auto config = nlohmann::json::parse (engine.read ("config.json"));
    config["diffusion_head_config"]["ddpm_num_steps"] = 50;
    engine.write ("config.json", config.dump());
    const auto render = [&engine] (const char* steps) {
        return engine.render ("Anna: Hi.\n", { "--model", engine.path (""), "--steps", steps });
    };
    CHECK (render ("50").code == 0);
    const auto refused = render ("51");
    CHECK (refused.code == 2);
    CHECK_THAT (refused.err, Contains ("1 to 50"));
}

TEST_CASE ("Raw samples need a standard output", "[engine][command][render][errors]")
{
    RenderFixture engine;
    engine.hasStandardOutput = false;
    const auto outcome = engine.run ({ "render", engine.write ("s.txt", "Anna: Hi.\n"), "--stdout" });
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("-o FILE"));
}

TEST_CASE ("A folder of stems is written by one render at a time", "[engine][command][render][errors]")
{
    RenderFixture engine;
    const std::vector<std::string> arguments { "render", engine.write ("s.txt", "Anna: Hi.\n"), "--stems",
                                               engine.path ("takes") };
    RenderFixture::Outcome second;
    engine.control->atFrame = [&] (int frame) {
        if (frame == 2 && second.code == -1)
        {
            second.code = 0; // once
            second = engine.run (arguments);
        }
    };
    CHECK (engine.run (arguments).code == 0);
    CHECK (second.code == 3);
    CHECK_THAT (second.err, Contains (engine.path ("takes")) && Contains ("another render"));
    CHECK (engine.run (arguments).code == 0);
}

TEST_CASE ("What earlier runs left beside the outputs is named", "[engine][command][render]")
{
    RenderFixture engine;
    std::filesystem::create_directory (engine.path ("takes"));
    for (const std::string name : { "001_Anna.wav", "002_Old.wav", "003_Old.partial.wav", "notes.txt" })
        engine.write ("takes/" + name, "x");
    CHECK (engine.run ({ "render", engine.write ("s.txt", "Ben: Hi.\n"), "-o", engine.path ("whole.wav") })
               .code == 0);
    std::filesystem::rename (engine.path ("whole.wav"), engine.path ("out.wav.1.part"));
    const auto outcome = engine.render ("Anna: Hi.\n", { "--stems", engine.path ("takes") });
    CHECK (outcome.code == 0);
    CHECK_THAT (outcome.err, Contains ("not of this script: 002_Old.wav, 003_Old.partial.wav.") &&
                                 Contains ("out.wav.1.part has 0.1 s"));
    CHECK (std::filesystem::exists (engine.path ("out.wav.1.part")));
}

TEST_CASE ("A disk that is too small is refused beforehand", "[engine][command][render][errors]")
{
    RenderFixture engine;
    RenderOptions options;
    options.out = engine.path ("out.wav");
    CHECK_NOTHROW (refuseSmallDisk (options, 60));
    for (const auto* name : { "out.wav", "out.mp3" })
    {
        options.out = engine.path (name);
        CHECK_THROWS_WITH (refuseSmallDisk (options, 1e12), Contains ("are free. Make room"));
    }
    options.out = "/dev/null";
    CHECK_NOTHROW (refuseSmallDisk (options, 1e12));
    options.stems = engine.path ("not/there/yet");
    CHECK_THROWS_WITH (refuseSmallDisk (options, 1e12), Contains ("not/there/yet"));
}
