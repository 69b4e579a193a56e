// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Command/ModelOptions.h"
#include "CommandFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;
using Samples = std::vector<float>;

namespace
{
constexpr auto twoLines = "Anna: Good morning.\n[pause 100ms]\nBen: Is it?\n";

struct RenderFixture : CommandFixture
{
    /** The rest of the command line behind `render SCRIPT --format f32 -o out.wav`. */
    Outcome render (const std::string& script, std::vector<std::string> more = {})
    {
        std::vector<std::string> arguments { "render",   write ("script.txt", script),
                                             "--format", "f32",
                                             "-o",       path ("out.wav") };
        arguments.insert (arguments.end(), more.begin(), more.end());
        return run (arguments);
    }

    /** What the fake says for a line. */
    Samples line (const std::string& speaker, const std::string& text, const std::string& voice,
                  RenderSettings settings = {}, int frames = 5) const
    {
        auto audio = shelfOf (model()).fetch ({ voice, {} }).value().audio;
        audio.name = speaker;
        return FakeRenderer::expected ({ { { 0, text } }, { FakeRenderer::encode (audio) } }, settings,
                                       frames);
    }

    Samples outFloats() const { return wavFloats (read ("out.wav")); }
};

Samples operator+ (Samples a, const Samples& b)
{
    a.insert (a.end(), b.begin(), b.end());
    return a;
}
} // namespace

TEST_CASE ("Render writes what the renderer speaks, with pauses exact in samples",
           "[engine][command][render]")
{
    RenderFixture engine;
    const auto outcome = engine.render (twoLines, { "--seed", "7", "--cfg", "1.5", "--steps", "3" });
    CHECK (outcome.code == 0);
    CHECK (outcome.out.empty());
    CHECK_THAT (outcome.err, Contains ("1/2 line 1, Anna") && Contains ("2/2 line 3, Ben") &&
                                 Contains ("Wrote " + engine.path ("out.wav")) &&
                                 Contains ("real-time factor"));
    RenderSettings settings;
    settings.seed = 7;
    settings.guidanceScale = 1.5f;
    settings.steps = 3;
    CHECK (engine.outFloats() == engine.line ("Anna", "Good morning.", "anna", settings) +
                                     Samples (2400, 0.0f) + engine.line ("Ben", "Is it?", "ben", settings));
    CHECK (engine.files() == std::vector<std::string> { "out.wav", "script.txt" });
}

TEST_CASE ("A scene is one passage of all its speakers", "[engine][command][render]")
{
    RenderFixture engine;
    const auto outcome =
        engine.render ("Anna: One.\nBen: Two.\nAnna: Three.\n", { "--passage", "scene", "--json" });
    CHECK (outcome.code == 0);
    CHECK (engine.control->passagesRendered == 1);
    const auto json = nlohmann::json::parse (outcome.out);
    CHECK (json["passages"][0]["lines"] == nlohmann::json { 1, 2, 3 });
    CHECK (json["passages"][0]["speakers"] == nlohmann::json { "Anna", "Ben" });
}

TEST_CASE ("The report tells programs what was rendered", "[engine][command][render]")
{
    RenderFixture engine;
    const auto outcome = engine.render (twoLines, { "--json", "-q" });
    CHECK (outcome.err.empty());
    const auto json = nlohmann::json::parse (outcome.out);
    CHECK (json["output"] == engine.path ("out.wav"));
    CHECK (json["model"] == "fake");
    CHECK (json["finish"] == "stop");
    CHECK (json["sample_rate"] == 24'000);
    CHECK (json["dtype"] == "fp32");
    CHECK (json["cfg_scale"] == 1.3);
    const auto passage = json["passages"][1];
    CHECK (passage["title"] == "line 3, Ben");
    CHECK (passage["frames"] == 5);
    CHECK (passage["finish"] == "stop");
    CHECK (passage["tokens"] == nlohmann::json { 0, 1, 2, 3, 4 });
    CHECK (passage["prompt_tokens"] == 1);
    CHECK (passage["start_sample"] == 5 * FakeRenderer::frameSamples + 2400);
    CHECK (passage["pause_samples"] == 2400);
    CHECK (passage["seconds"].get<double>() == Approx (5.0 * FakeRenderer::frameSamples / 24'000));
    CHECK (passage["times_ms"].contains ("semantic_encoder"));
    CHECK (json["speech_seconds"].get<double>() == Approx (10.0 * FakeRenderer::frameSamples / 24'000));
    CHECK (json["seconds"].get<double>() == Approx (10.0 * FakeRenderer::frameSamples / 24'000 + 0.1));
    CHECK (json["rtf"].get<double>() >= 0);
}

TEST_CASE ("What is odd about the checkpoint is told once", "[engine][command][render]")
{
    RenderFixture engine;
    engine.control->notes = { "The model is a little odd." };
    const auto outcome = engine.render (twoLines, { "--json" });
    CHECK (outcome.code == 0);
    const auto at = outcome.err.find ("The model is a little odd.\n");
    CHECK (at != std::string::npos);
    CHECK (outcome.err.find ("The model is a little odd.", at + 1) == std::string::npos);
    CHECK (nlohmann::json::parse (outcome.out)["notes"][0] == engine.control->notes[0]);
}

TEST_CASE ("Stems are one file for each speaker and line", "[engine][command][render]")
{
    RenderFixture engine;
    CHECK (engine.render (twoLines, { "--stems", engine.path ("takes") }).code == 0);
    CHECK (engine.files ("takes") == std::vector<std::string> { "001_Anna.wav", "002_Ben.wav" });
    CHECK (wavFloats (engine.read ("takes/002_Ben.wav")) == engine.line ("Ben", "Is it?", "ben"));
}

TEST_CASE ("Raw samples go to standard output and nothing else does", "[engine][command][render]")
{
    RenderFixture engine;
    const auto outcome = engine.run ({ "render", engine.write ("s.txt", "Anna: Hi.\n"), "--stdout" });
    CHECK (outcome.code == 0);
    CHECK (outcome.out.size() == 5 * FakeRenderer::frameSamples * 2);
    CHECK_THAT (outcome.err, Contains ("to standard output"));
}

TEST_CASE ("A line that reached the length limit is told in words", "[engine][command][render]")
{
    RenderFixture engine;
    engine.control->reachesLength = true;
    const auto outcome = engine.render ("Anna: Good morning.\n", { "--json", "--max-seconds", "3" });
    CHECK (outcome.code == 0);
    CHECK_THAT (outcome.err, Contains ("line 1, Anna: the length limit was reached after 0.1 s of speech"));
    const auto json = nlohmann::json::parse (outcome.out);
    CHECK (json["passages"][0]["finish"] == "length");
    CHECK_THAT (json["notes"][0].get<std::string>(), Contains ("the length limit"));
}

TEST_CASE ("Ctrl-C stops within a frame and keeps what is rendered", "[engine][command][render][cancel]")
{
    RenderFixture engine;
    engine.control->frames = 100;
    const int signal = GENERATE (SIGINT, SIGTERM);
    engine.control->atFrame = [&] (int frame) {
        if (engine.control->framesRendered == 100 + 7 && frame == 7)
            raise (signal);
    };
    const auto outcome = engine.render (twoLines, { "--stems", engine.path ("takes"), "--json" });
    CHECK (outcome.code == 128 + signal);
    CHECK (engine.control->framesRendered == 100 + 8); // the one that was begun is kept
    auto begun = engine.line ("Ben", "Is it?", "ben", {}, 100);
    begun.resize (8 * FakeRenderer::frameSamples);
    CHECK (engine.outFloats() ==
           engine.line ("Anna", "Good morning.", "anna", {}, 100) + Samples (2400, 0.0f) + begun);
    CHECK (wavFloats (engine.read ("takes/002_Ben.wav")) == begun);
    CHECK_THAT (outcome.err, Contains ("Stopped; kept"));
    CHECK (nlohmann::json::parse (outcome.out)["finish"] == "cancelled");
}

TEST_CASE ("Ctrl-C before the first frame leaves nothing", "[engine][command][render][cancel]")
{
    RenderFixture engine;
    engine.control->beforeVoice = [] { raise (SIGINT); };
    const auto outcome = engine.render (twoLines);
    CHECK (outcome.code == 130);
    CHECK_THAT (outcome.err, Contains ("nothing was written"));
    CHECK (engine.control->voicesEncoded == 1);
    CHECK (engine.control->passagesRendered == 0);
    CHECK (engine.files() == std::vector<std::string> { "script.txt" });
}

TEST_CASE ("A render that fails leaves nothing and names the line", "[engine][command][render][errors]")
{
    RenderFixture engine;
    engine.control->failAtFrame = 3;
    engine.control->failure = { ErrorCode::InvalidInput, "the latents are not numbers.", {} };
    const auto outcome = engine.render (twoLines);
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("tableread-engine: line 1, Anna: the latents are not numbers.\n"));
    CHECK (engine.files() == std::vector<std::string> { "script.txt" });
}

TEST_CASE ("A full disk leaves nothing and stops the work", "[engine][command][render][errors]")
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
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains (engine.path ("out.wav")));
    CHECK (engine.control->framesRendered < 1000);
    CHECK (engine.files() == std::vector<std::string> { "script.txt" });
}

TEST_CASE ("A voice is given by a name in any case, beyond ASCII too", "[engine][command][render]")
{
    RenderFixture engine;
    const auto [speaker, option] = GENERATE (table<std::string, std::string> (
        { { "ÄNNE", "änne" }, { "Σοφός", "ΣΟΦΌΣ" }, { "İpek", "i\u0307pek" } }));
    CAPTURE (speaker);
    const auto outcome = engine.render (speaker + ": Hi.\n", { "--voice", option + "=BEN" });
    CHECK (outcome.code == 0);
    CHECK_THAT (outcome.err, ! Contains ("not used"));
    CHECK ((engine.outFloats() == engine.line (speaker, "Hi.", "ben")));
}

TEST_CASE ("Bad input is one sentence, exit code 2, and no file", "[engine][command][render][errors]")
{
    RenderFixture engine;
    engine.write ("noise.wav", "this is a text and no recording");
    using Arguments = std::vector<std::string>;
    const auto [script, wanted, says] = GENERATE (table<std::string, Arguments, std::string> ({
        { "", Arguments(), "script.txt" },
        { "# only a comment\n", Arguments(), "script.txt" },
        { "Queen: Hi.\n", { "--voice", "King=anna" }, "\"Queen\" has no voice" },
        { "Anna: Hi.\n", { "--voice", "Anna" }, "NAME=FILE" },
        { "Anna: Hi.\n", { "--voice", "Anna=@noise.wav" }, "Anna" },
        { "Anna: Hi.\n", { "--voice", "Anna=nowhere.wav" }, "nowhere.wav" },
        { "Anna: Hi.\n", { "-o", "@no/folder/out.wav" }, "no/folder/out.wav" },
        { "Anna: Hi.\n", { "--model", "@no-model" }, "no-model" },
        { "Anna: Hi.\n", { "--json", "--stdout" }, "Choose one" },
    }));
    auto more = wanted;
    for (auto& argument : more) // @: in the fixture's folder
        if (const auto at = argument.find ('@'); at != std::string::npos)
            argument = argument.substr (0, at) + engine.path (argument.substr (at + 1));
    CAPTURE (script, more);
    // An output that is given in `more` replaces the fixture's.
    const bool hasOutput = ! more.empty() && more.front() == "-o";
    Arguments arguments { "render", engine.write ("script.txt", script) };
    if (! hasOutput)
        arguments.insert (arguments.end(), { "-o", engine.path ("out.wav") });
    arguments.insert (arguments.end(), more.begin(), more.end());
    const auto outcome = engine.run (arguments);
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains (says));
    CHECK (std::count (outcome.err.begin(), outcome.err.end(), '\n') == 1);
    CHECK (engine.control->passagesRendered == 0);
    CHECK (engine.files() == std::vector<std::string> { "noise.wav", "script.txt" });
}

TEST_CASE ("A script that is not there, and speech without a place to go",
           "[engine][command][render][errors]")
{
    RenderFixture engine;
    const auto missing =
        engine.run ({ "render", engine.path ("nothing.txt"), "-o", engine.path ("out.wav") });
    CHECK (missing.code == 2);
    CHECK_THAT (missing.err, Contains ("nothing.txt"));
    const auto nowhere = engine.run ({ "render", engine.write ("s.txt", "Anna: Hi.\n") });
    CHECK (nowhere.code == 2);
    CHECK_THAT (nowhere.err, Contains ("-o FILE"));
}
