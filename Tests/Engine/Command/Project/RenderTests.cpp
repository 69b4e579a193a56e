// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <filesystem>
#include <utility>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Core/ContentHash.h"
#include "Project/File/Collect.h"
#include "ProjectFixture.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
constexpr std::size_t takeSamples = 5 * FakeRenderer::frameSamples;
} // namespace

TEST_CASE ("What a killed render of a project left is named by the next one", "[engine][command][project]")
{
    ProjectFixture engine;
    REQUIRE (engine.make (twoLines).code == 0);
    writeSound (engine.path ("out.wav.1.part"), sine (220, 1.5));
    const auto rendered = engine.bounce();
    CHECK (rendered.code == 0);
    CHECK_THAT (rendered.err, Contains ("out.wav.1.part has 1.5 s of a render that was killed."));
}

TEST_CASE ("Rendering a project keeps and records its takes and writes the whole",
           "[engine][command][project]")
{
    ProjectFixture engine;
    REQUIRE (engine.make (twoLines, { "--seed", "7" }).code == 0);
    const auto outcome = engine.bounce();
    CHECK (outcome.code == 0);
    CHECK_THAT (outcome.err, Contains ("Voices of the model were given: Anna = anna, Ben = ben.") &&
                                 Contains ("2 of 2 passages rendered") && Contains ("Wrote "));
    const auto first = engine.spoken ("Good morning.", "anna", 7),
               second = engine.spoken ("Is it?", "ben", 7);
    CHECK ((engine.outFloats() == first + Samples (2400, 0.0f) + second));

    const auto document = engine.document();
    REQUIRE (document.takes.size() == 2);
    const auto& take = *document.takes[0];
    CHECK (take.line == document.lines[0]->id);
    CHECK (take.seed == 7);
    CHECK (take.fingerprint == "fake-tones-1");
    CHECK (take.state == project::TakeRecord::State::Done);
    CHECK (take.length.value == (std::int64_t) takeSamples);
    CHECK (take.audio == contentHash (first));
    CHECK ((engine.kept (take) == first));
    CHECK (document.cast.size() == 2);
    CHECK_FALSE (document.cast[0]->isChosen);
}

TEST_CASE ("A project sounds as its script does", "[engine][command][project]")
{
    // The fake hears a voice's name too: that of a script is the speaker's, that of a project its own.
    ProjectFixture engine;
    writeSound (engine.path ("Anna.wav"), sine (220, 4.0));
    writeSound (engine.path ("Ben.wav"), sine (110, 5.0));
    const std::vector<std::string> named { "--voice", "Anna=" + engine.path ("Anna.wav"), "--voice",
                                           "Ben=" + engine.path ("Ben.wav") };
    const std::string script =
        "Anna: One.\n[pause 250ms]\nBen: \u201cTwo\u201d\u2026\nAnna: Three.\n[pause 1s]\n";
    REQUIRE (engine.render (script, named).code == 0);
    const auto expected = engine.outFloats();
    REQUIRE (engine.make (script, named).code == 0);
    REQUIRE (engine.bounce().code == 0);
    CHECK ((engine.outFloats() == expected));
}

TEST_CASE ("Only what is missing is rendered", "[engine][command][project]")
{
    ProjectFixture engine;
    REQUIRE (engine.make ("Anna: One.\nBen: Two.\nAnna: One.\n").code == 0);
    REQUIRE (engine.renderProject().code == 0);
    CHECK (engine.control->passagesRendered == 2); // the third line asks for the same as the first
    CHECK (engine.document().takes.size() == 2);

    int expected = 0;
    SECTION ("nothing")
    {
        expected = 0;
    }
    SECTION ("an edited word")
    {
        engine.change (project::SetScript { "Anna: One.\nBen: Three.\nAnna: One.\n" });
        expected = 1;
    }
    SECTION ("not that of a locked line")
    {
        engine.change (project::SetLocked { engine.document().lines[1]->id, true });
        engine.change (project::SetScript { "Anna: One.\nBen: Three.\nAnna: One.\n" });
        expected = 0;
    }
    SECTION ("a new seed")
    {
        engine.change (project::Reroll { { engine.document().lines[1]->id } });
        expected = 1;
    }
    SECTION ("a take that the store has lost")
    {
        std::filesystem::remove (engine.audioOf (*engine.document().takes[1]));
        expected = 1;
    }
    engine.control->passagesRendered = 0;
    const auto outcome = engine.renderProject ({ "--json" });
    CHECK (outcome.code == 0);
    CHECK (engine.control->passagesRendered == expected);
    const auto said = nlohmann::json::parse (outcome.out);
    for (const auto& passage : said["passages"])
        CHECK (passage["status"] == "done");
    CHECK (engine.bounce().code == 0);
    CHECK (engine.outFloats().size() == 3 * takeSamples);
}

TEST_CASE ("Gaps, anchors and gains of a project are heard", "[engine][command][project]")
{
    ProjectFixture engine;
    REQUIRE (engine.make ("Anna: One.\nAnna: Two.\nBen: Three.\n").code == 0);
    auto settings = engine.document().settings;
    settings.gaps = { 10, 20, 0 };
    engine.change (project::SetSettings { settings });
    const auto one = engine.spoken ("One.", "anna"), two = engine.spoken ("Two.", "anna"),
               three = engine.spoken ("Three.", "ben");
    REQUIRE (engine.bounce().code == 0);
    CHECK ((engine.outFloats() == one + Samples (240, 0.0f) + two + Samples (480, 0.0f) + three));

    // The last line is moved onto the first, half as loud.
    engine.change (
        project::SetAnchor { engine.document().lines[2]->id, project::AtSeconds { 100.0 / 24'000 } });
    auto ben = *engine.document().cast[1];
    ben.gainDb = -6.0;
    engine.change (project::SetMember { ben });
    REQUIRE (engine.bounce().code == 0);
    auto expected = one + Samples (240, 0.0f) + two;
    const auto half = static_cast<float> (std::pow (10.0, -6.0 / 20.0));
    for (std::size_t i = 0; i < three.size(); ++i)
        expected[100 + i] += three[i] * half;
    CHECK ((engine.outFloats() == expected));

    ben.isMuted = true;
    engine.change (project::SetMember { ben });
    REQUIRE (engine.bounce().code == 0);
    CHECK ((engine.outFloats() == one + Samples (240, 0.0f) + two));
}

TEST_CASE ("Speech before the start is said to be missing, and so is a file without any",
           "[engine][command][project]")
{
    ProjectFixture engine;
    REQUIRE (engine.make ("Anna: One.\nBen: Two.\n").code == 0);
    const auto anna = engine.document().lines[0]->id;
    engine.change (project::SetAnchor { anna, project::AtSeconds { -100.0 / 24'000 } });
    CHECK (engine.renderProject().code == 0); // no file that lacks anything
    auto outcome = engine.bounce();
    CHECK (outcome.code == 4);
    CHECK_THAT (outcome.err,
                Contains ("line 1, Anna: its first 0.004 s are not heard") && Contains ("Kept "));
    const auto one = engine.spoken ("One.", "anna"), two = engine.spoken ("Two.", "ben");
    CHECK ((wavFloats (engine.read ("out.partial.wav")) == Samples (one.begin() + 100, one.end()) + two));

    auto member = *engine.document().cast[0];
    member.isMuted = true; // so that it would not be heard anyway
    engine.change (project::SetMember { member });
    CHECK (engine.bounce().code == 0);
    member.isMuted = false;
    engine.change (project::SetMember { member });

    engine.change (project::SetAnchor { anna, project::AtSeconds { -20.0 } });
    std::filesystem::remove (engine.path ("out.wav"));
    outcome = engine.bounce();
    CHECK (outcome.code == 4);
    CHECK_THAT (outcome.err, Contains ("line 1, Anna: none of its") &&
                                 Contains ("line 2, Ben: none of its") &&
                                 Contains ("Nothing was written, since there is no speech after 0."));
    CHECK_FALSE (std::filesystem::exists (engine.path ("out.wav")));
}

TEST_CASE ("A failed passage is recorded and ends the render", "[engine][command][project][errors]")
{
    ProjectFixture engine;
    REQUIRE (engine.make (twoLines).code == 0);
    engine.control->failAtFrame = 2;
    const auto outcome = engine.bounce();
    CHECK (outcome.code == 1);
    CHECK_THAT (outcome.err, Contains ("line 1, Anna: the fake renderer was told to fail"));
    const auto document = engine.document();
    REQUIRE (document.takes.size() == 1);
    CHECK (document.takes[0]->state == project::TakeRecord::State::Failed);
    CHECK (document.takes[0]->failure == "the fake renderer was told to fail");
    CHECK (engine.files() == std::vector<std::string> { "scene.tableread", "scene.txt" });
    engine.control->failAtFrame = -1;
    CHECK (engine.bounce().code == 0);
    CHECK (engine.document().takes.size() == 3);
}

TEST_CASE ("A cut take is exit code 4 until it is accepted", "[engine][command][project]")
{
    ProjectFixture engine;
    REQUIRE (engine.make ("Anna: One.\n").code == 0);
    engine.control->finish = FinishReason::Length;
    CHECK (engine.bounce().code == 4);
    CHECK (engine.files() == std::vector<std::string> { "out.partial.wav", "scene.tableread", "scene.txt" });
    CHECK (engine.document().takes[0]->state == project::TakeRecord::State::CutOff);
    engine.change (project::ChooseTake { engine.document().lines[0]->id, engine.document().takes[0]->id });
    CHECK (engine.bounce().code == 0);
    CHECK (engine.control->passagesRendered == 1);
}

TEST_CASE ("An edit that somebody makes while a project is rendered stays", "[engine][command][project]")
{
    ProjectFixture engine;
    REQUIRE (engine.make (twoLines, { "--voice", "Anna=anna", "--voice", "Ben=ben" }).code == 0);
    bool isEdited = false;
    engine.control->atFrame = [&] (int) {
        if (! std::exchange (isEdited, true))
            engine.change (project::SetScript { std::string (twoLines) + "Anna: It is.\n" });
    };
    REQUIRE (engine.renderProject().code == 0);
    engine.control->atFrame = {};
    CHECK (engine.document().lines.size() == 3);
    CHECK (engine.document().takes.size() == 2);
    REQUIRE (engine.renderProject().code == 0);
    CHECK (engine.control->passagesRendered == 3);
}

TEST_CASE ("A project that was collected renders nothing on another machine", "[engine][command][project]")
{
    ProjectFixture engine;
    REQUIRE (engine.make (twoLines).code == 0);
    REQUIRE (engine.bounce().code == 0);
    const auto expected = engine.outFloats();
    auto content = project::readProject (engine.file()).value();
    TakeStore store (engine.place);
    REQUIRE (project::writeProject (engine.file(), project::collect (content, store).value()));
    engine.loseAllTakes();
    engine.control->passagesRendered = 0;
    CHECK (engine.bounce().code == 0);
    CHECK (engine.control->passagesRendered == 0);
    CHECK ((engine.outFloats() == expected));
    for (const auto& take : engine.document().takes)
        CHECK_FALSE (engine.kept (*take).empty());
}

TEST_CASE ("What a project decides itself cannot be asked for", "[engine][command][project][errors]")
{
    ProjectFixture engine;
    REQUIRE (engine.make (twoLines).code == 0);
    const auto before = engine.read ("scene.tableread");
    const auto [option, value] = GENERATE (table<std::string, std::string> (
        { { "--voice", "Anna=ben" }, { "--seed", "7" }, { "--passage", "scene" }, { "--check", "" } }));
    std::vector<std::string> more { option };
    if (! value.empty())
        more.push_back (value);
    const auto outcome = engine.renderProject (more);
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains (option + " cannot be given for a project"));
    CHECK (engine.read ("scene.tableread") == before);
}

TEST_CASE ("A project's own file is no output, and a missing store is said",
           "[engine][command][project][errors]")
{
    ProjectFixture engine;
    REQUIRE (engine.make (twoLines).code == 0);
    std::filesystem::create_symlink (engine.file(), engine.path ("out.wav"));
    const auto outcome = engine.bounce();
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("is also the project"));
    engine.takes = {};
    CHECK_THAT (engine.renderProject().err, Contains ("there is no take store"));
}

TEST_CASE ("A voice that nobody can find is one sentence", "[engine][command][project][errors]")
{
    ProjectFixture engine;
    writeSound (engine.path ("anna.wav"), sine (220, 4.0));
    REQUIRE (engine.make ("Anna: One.\n", { "--voice", "Anna=" + engine.path ("anna.wav") }).code == 0);
    std::filesystem::remove (engine.path ("anna.wav"));
    const auto outcome = engine.bounce();
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("Anna's voice anna.wav was not found: it is neither at " +
                                       engine.path ("anna.wav")) &&
                                 Contains ("tableread-engine: "));
}
