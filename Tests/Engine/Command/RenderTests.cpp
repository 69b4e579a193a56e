// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "RenderFixture.h"
#include "Source/Timeline/TestTakes.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

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

TEST_CASE ("Without --cfg a render takes the model's guidance scale", "[engine][command][render]")
{
    RenderFixture engine;
    engine.control->guidanceScale = 2.0f;
    const auto check = [&engine] (std::vector<std::string> more, float guidance) {
        more.push_back ("--json");
        const auto outcome = engine.render ("Anna: Good morning.\n", more);
        CHECK (outcome.code == 0);
        CHECK (nlohmann::json::parse (outcome.out)["cfg_scale"] == guidance);
        CHECK (engine.outFloats() ==
               engine.line ("Anna", "Good morning.", "anna", { .guidanceScale = guidance }));
    };
    check ({}, 2.0f);
    check ({ "--cfg", "1.5" }, 1.5f);
    check ({ "--cfg", "0" }, 0.0f);
}

TEST_CASE ("Render refuses a guidance scale that is not a number from 0 to 100",
           "[engine][command][render][errors]")
{
    RenderFixture engine;
    for (const std::string value : { "nan", "inf", "-0.1", "100.1", "two", "" })
    {
        const auto outcome = engine.render ("Anna: Good morning.\n", { "--cfg", value });
        CHECK (outcome.code == 2);
        CHECK_THAT (outcome.err, Contains ("--cfg") && Contains ("number of 0 to 100"));
        CHECK (engine.files() == std::vector<std::string> { "script.txt" });
    }
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

TEST_CASE ("Oddities of the checkpoint are reported once", "[engine][command][render]")
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

TEST_CASE ("A seed that is drawn is another one each time, and is printed", "[engine][command][render]")
{
    RenderFixture engine;
    const auto seed = [&engine] (const std::string& asked) {
        const auto outcome = engine.render ("Anna: Hi.\n", { "--json", "--seed", asked });
        CHECK (outcome.code == 0);
        const auto drawn = nlohmann::json::parse (outcome.out)["seed"].get<std::uint64_t>();
        CHECK_THAT (outcome.err, Contains ("The seed is " + std::to_string (drawn) + "."));
        return drawn;
    };
    CHECK (seed ("random") != seed ("random"));
    CHECK (seed ("-1") != seed ("-1"));
    const auto highest = engine.render ("Anna: Hi.\n", { "--json", "--seed", "18446744073709551615" });
    CHECK (nlohmann::json::parse (highest.out)["seed"] == 18446744073709551615ull);
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
    for (auto& argument : more) // @ stands for the fixture's folder
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

TEST_CASE ("Gaps are silence between passages that have no pause of the script", "[engine][command][render]")
{
    RenderFixture engine;
    const std::string script =
        "Anna: One.\nAnna: Two.\nBen: Three.\n[pause 40ms]\nAnna: Four.\n== Next ==\nAnna: Five.\n";
    const auto said = [&] (const std::string& speaker, const std::string& text) {
        return engine.line (speaker, text, speaker == "Anna" ? "anna" : "ben");
    };
    const auto silent = [] (int milliseconds) { return Samples ((std::size_t) milliseconds * 24, 0.0f); };
    const auto outcome = engine.render (script, { "--gap", "line=15,speaker=25,scene=100", "--json" });
    CHECK (outcome.code == 0);
    CHECK ((engine.outFloats() == said ("Anna", "One.") + silent (15) + said ("Anna", "Two.") + silent (25) +
                                      said ("Ben", "Three.") + silent (40) + said ("Anna", "Four.") +
                                      silent (100) + said ("Anna", "Five.")));
    CHECK (nlohmann::json::parse (outcome.out)["passages"][4]["pause_samples"] == 2400);

    CHECK (engine.render (script, { "--gap", "speaker=25", "--passage", "scene" }).code == 0);
    const auto plain = engine.outFloats();
    CHECK (engine.render (script, { "--passage", "scene" }).code == 0);
    CHECK ((engine.outFloats() == plain)); // a scene's lines are one passage, and Anna goes on after it
}

TEST_CASE ("A render with gaps is the bounce of a timeline of its takes", "[engine][command][render]")
{
    RenderFixture engine;
    CHECK (engine
               .render ("Anna: One.\nBen: Two.\n[pause 70ms]\nBen: Three.\n== Next ==\nBen: Four.\n",
                        { "--gap", "line=15,speaker=25,scene=100", "--stems", engine.path ("takes") })
               .code == 0);
    Timeline timeline;
    timeline.gaps = readGaps ("line=15,speaker=25,scene=100").value();
    for (const auto& name : engine.files ("takes"))
    {
        TimelineItem item { .line = timeline.items.size() + 1 };
        item.audio = hosted (doneTake (wavFloats (engine.read ("takes/" + name))), 24'000);
        item.firstSpeaker = item.lastSpeaker = name.ends_with ("_Anna.wav") ? 0 : 1;
        timeline.items.push_back (std::move (item));
    }
    REQUIRE (timeline.items.size() == 4);
    timeline.items[2].pauseBefore = modelSamplesOf (70);
    timeline.items[3].scene = 1;
    const auto arranged = arrange (timeline, {});
    CHECK ((engine.outFloats() == inBlocks (arranged.plan, 0, arranged.end.value, 512)));
}

TEST_CASE ("A gap that cannot be is refused", "[engine][command][render][errors]")
{
    RenderFixture engine;
    const auto [gap, says] =
        GENERATE (table<std::string, std::string> ({ { "150", "\"150\" is not a gap" },
                                                     { "line=-1", "no length" },
                                                     { "line=1,line=2", "given twice" } }));
    const auto outcome = engine.render ("Anna: Hi.\n", { "--gap", gap });
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("--gap") && Contains (says));
    CHECK (engine.files() == std::vector<std::string> { "script.txt" });
}
