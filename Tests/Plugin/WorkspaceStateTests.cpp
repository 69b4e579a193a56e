// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>

#include <catch2/catch.hpp>

#include "PluginFixture.h"
#include "Project/Lookup.h"
#include "StateText.h"
#include "Support/FileContent.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

TEST_CASE ("A state of version 1 opens the same forever", "[plugin][state]")
{
    const TemporaryFolder folder;
    Workspace workspace (optionsIn (folder.path()));
    workspace.load (contentOf (TABLEREAD_ROOT "/Tests/Data/state/v1.json"));
    CHECK_FALSE (workspace.isReadOnly());
    const auto document = workspace.document();
    CHECK (*document->script ==
           "Anna: \"Gr\u00fc\u00dfe\", said the tab\t and the line\nBen: \u3053\u3093\u306b\u3061\u306f");
    CHECK (document->settings.seed == 18'446'744'073'709'551'615u);
    CHECK (document->settings.guidanceScale == 1.75f);
    CHECK (document->settings.steps == 20);
    CHECK (document->settings.engine == "/opt/tableread/bin/tableread-engine");
    CHECK (document->settings.host.rendersAhead);
    const auto* const anna = project::memberOf (*document, "Anna");
    const auto* const ben = project::memberOf (*document, "Ben");
    REQUIRE ((anna != nullptr && ben != nullptr));
    CHECK (anna->moods.at (0).voice == VoiceReference { "Ada", "/voices/ada.wav" });
    CHECK (ben->moods.at (0).voice == VoiceReference { "david", {} });
    CHECK (documentIn (*workspace.save()).lines.size() == 2); // saved as what it is now
}

TEST_CASE ("A saved project comes back with its sound, without an engine", "[plugin][workspace][state]")
{
    const TemporaryFolder folder;
    std::string saved;
    {
        const test::FakeEngine engine (folder.path() / "engine.sock");
        Workspace workspace (optionsIn (folder.path()));
        workspace.load (StateText { scene, 4 }.text()); // it was being rendered, and goes on
        REQUIRE (eventually ([&] { return isRendered (workspace); }));
        saved = *workspace.save();
    }
    Workspace workspace (optionsIn (folder.path()));
    workspace.load (saved);
    CHECK (workspace.loads() == 1);
    CHECK_FALSE (workspace.isReadOnly());
    const auto heard = bounce (workspace);
    for (const auto& gap : workspace.player().stage().gaps())
        FAIL_CHECK (gap.why);
    CHECK ((heard == expectedSound (24'000, 4)));
    CHECK (*workspace.save() == saved);

    workspace.load (StateText { "", 0, false }.text()); // the old sound goes
    CHECK (eventually ([&] { return workspace.player().stage().view()->parts.empty(); }));
}

TEST_CASE ("A state that is saved right after a bounce has all that was heard", "[plugin][workspace][state]")
{
    PluginFixture fixture;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) // the last take is kept at any moment
    {
        Workspace workspace (fixture.options());
        workspace.load (StateText { scene, seed, false }.text());
        REQUIRE ((bounce (workspace) == expectedSound (24'000, seed)));
        const auto saved = documentIn (*workspace.save());
        CAPTURE (seed);
        CHECK (saved.takes.size() == 5);
        for (const auto& take : saved.takes)
            CHECK (fixture.options().stage.store->has ({ take->audio, take->length }));
    }
    CHECK (fixture.engine.jobs() == 100);
}

TEST_CASE ("A state that is saved right after a bounce has the lines that failed",
           "[plugin][workspace][state]")
{
    FakeFaults faults;
    faults.refuseStatus = 400;
    PluginFixture fixture (faults);
    for (std::uint64_t seed = 1; seed <= 10; ++seed)
    {
        Workspace workspace (fixture.options());
        workspace.load (StateText { scene, seed, false }.text());
        (void) bounce (workspace);
        const auto saved = documentIn (*workspace.save());
        CAPTURE (seed);
        CHECK (saved.takes.size() == 5);
        for (const auto& take : saved.takes)
            CHECK (take->state == project::TakeRecord::State::Failed);
    }
}

TEST_CASE ("Another project shows no gaps of the one before", "[plugin][workspace][state]")
{
    const TemporaryFolder folder;
    Workspace workspace (optionsIn (folder.path())); // without an engine
    workspace.load (StateText { scene, 4, false }.text());
    (void) bounce (workspace);
    auto& stage = workspace.player().stage();
    std::vector<float> block (1'000);
    stage.read (stage.planFor ({ { 0 }, block.size(), true, false }), { block });
    (void) stage.planFor ({ { 0 }, block.size(), false, false });
    REQUIRE (eventually (
        [&] { return workspace.showing().bounced != nullptr && workspace.showing().played != nullptr; }));
    CHECK_FALSE (workspace.showing().gaps.empty());
    CHECK_FALSE (workspace.showing().played->isEmpty());
    workspace.load (StateText { "Anna: Late.", 0, false }.text());
    CHECK (workspace.showing().gaps.empty());
    CHECK (workspace.showing().bounced == nullptr);
    CHECK (workspace.showing().played == nullptr);
}

TEST_CASE ("A project that was not being rendered when it was saved asks for nothing",
           "[plugin][workspace][state]")
{
    PluginFixture fixture;
    Workspace workspace (fixture.options());
    workspace.load (StateText { scene, 0, false }.text());
    workspace.settle();
    std::this_thread::sleep_for (std::chrono::milliseconds (200));
    CHECK (fixture.engine.jobs() == 0);
    CHECK (isAll (workspace, playback::PartState::Missing));
}

TEST_CASE ("A session of a newer version is given back untouched until it is discarded",
           "[plugin][workspace][state]")
{
    PluginFixture fixture;
    Workspace workspace (fixture.options());
    const std::string newer = R"({"tableread_state": 9, "scenes": ["unknown"]})";
    workspace.load (newer);
    REQUIRE (workspace.isReadOnly());
    CHECK_THAT (workspace.showing().problems.front().text(), Catch::Contains ("newer"));
    CHECK (*workspace.save() == newer);
    workspace.setScript ("Anna: Hello.");
    CHECK_FALSE (workspace.edit (project::SetScript { "Anna: Hello." }));
    CHECK_FALSE (workspace.render());
    CHECK_FALSE (workspace.undo());
    CHECK (*workspace.save() == newer);
    CHECK (workspace.document()->script->empty());
    workspace.discard();
    CHECK_FALSE (workspace.isReadOnly());
    CHECK (workspace.showing().problems.empty());
    workspace.setScript ("Anna: Hello.");
    CHECK (*documentIn (*workspace.save()).script == "Anna: Hello.");
}

TEST_CASE ("A state that was cut off anywhere is kept, and given back", "[plugin][workspace][state]")
{
    const TemporaryFolder folder;
    Workspace workspace (optionsIn (folder.path()));
    const auto whole = StateText { "Anna: Good evening.\nBen: Is it?\n", 7, false }.text();
    auto end = whole.size();
    while (whole[end - 1] != '}') // white space behind it is not missed
        --end;
    std::size_t opened = 0, changed = 0;
    for (std::size_t length = 1; length < end; ++length)
    {
        const auto cut = whole.substr (0, length);
        workspace.load (cut);
        opened += workspace.isReadOnly() ? 0 : 1;
        changed += *workspace.save() == cut ? 0 : 1;
    }
    CHECK (opened == 0);
    CHECK (changed == 0);
    workspace.load (whole);
    CHECK_FALSE (workspace.isReadOnly());
    CHECK (*workspace.save() == whole);
}

TEST_CASE ("What a later version has added stays in a state", "[plugin][workspace][state]")
{
    const TemporaryFolder folder;
    Workspace workspace (optionsIn (folder.path()));
    auto text = StateText { "Anna: Good evening.\n", 7, false }.text();
    text.insert (text.find ("\"script\""), "\"weather\": \"rain\", ");
    workspace.load (text);
    REQUIRE (workspace.edit (project::SetScript { "Anna: Good night.\n" }));
    CHECK_THAT (*workspace.save(), Catch::Contains ("\"weather\"") && Catch::Contains ("Good night"));
}

TEST_CASE ("Saving 500 lines is quick and small", "[plugin][workspace][state]")
{
    const TemporaryFolder folder;
    Workspace workspace (optionsIn (folder.path()));
    workspace.setScript (manyLines (500));
    workspace.settle();
    const auto saved = workspace.save(); // ready from now on
    CHECK (saved->size() < 1'000'000);
    std::vector<double> times;
    for (int i = 0; i < 20; ++i)
    {
        const auto begun = std::chrono::steady_clock::now();
        const auto again = workspace.save();
        times.push_back (
            std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now() - begun).count());
        CHECK (again == saved);
    }
    std::sort (times.begin(), times.end());
    CHECK (times[times.size() / 2] < 2.0);
}
