// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>

#include <catch2/catch.hpp>

#include "PluginFixture.h"
#include "Project/Lookup.h"
#include "StateText.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
using playback::PartState;

namespace
{
/** The names of the speakers' voices. */
std::vector<std::string> voices (Workspace& workspace)
{
    workspace.settle();
    const auto document = workspace.document();
    std::vector<std::string> names;
    for (const auto& speaker : project::speakersOf (*document))
    {
        const auto* const member = project::memberOf (*document, speaker);
        names.push_back (member != nullptr && ! member->moods.empty() ? member->moods[0].voice.name : "");
    }
    return names;
}

void setVoice (Workspace& workspace, const std::string& speaker, VoiceReference voice)
{
    project::Member member;
    member.speaker = speaker;
    member.isChosen = true;
    member.moods.emplace_back().voice = std::move (voice);
    const auto done = workspace.edit (project::SetMember { std::move (member) });
    REQUIRE (done);
}

void setSeed (Workspace& workspace, std::uint64_t seed)
{
    auto settings = workspace.document()->settings;
    settings.seed = seed;
    const auto done = workspace.edit (project::SetSettings { std::move (settings) });
    REQUIRE (done);
}

std::string changed (std::string text, const std::string& from, const std::string& to)
{
    return text.replace (text.find (from), from.size(), to);
}

std::vector<PartState> states (Workspace& workspace)
{
    std::vector<PartState> all;
    for (const auto view = workspace.player().stage().view(); const auto& part : view->parts)
        all.push_back (part.state);
    return all;
}

bool isUntil (Workspace& workspace, const std::vector<PartState>& wanted)
{
    return eventually ([&] { return states (workspace) == wanted; });
}
} // namespace

TEST_CASE ("A script becomes the sound of its lines, with its pauses, at any host rate",
           "[plugin][workspace]")
{
    const double rate = GENERATE (24'000.0, 44'100.0, 48'000.0);
    PluginFixture fixture;
    Workspace workspace (fixture.options());
    workspace.setScript (scene);
    setSeed (workspace, 11);
    workspace.player().stage().setHostRate (rate);
    REQUIRE (renderAll (workspace));
    CHECK ((bounce (workspace, rate) == expectedSound (rate, 11)));

    // Changing the rate later is the same as having had it from the beginning.
    CHECK ((bounce (workspace, 96'000) == expectedSound (96'000, 11)));
}

TEST_CASE ("Rendering again renders only what has changed", "[plugin][workspace]")
{
    PluginFixture fixture;
    Workspace workspace (fixture.options());
    workspace.setScript (scene);
    REQUIRE (renderAll (workspace));
    CHECK (fixture.engine.jobs() == 5);

    int expected = 0; // jobs beyond the first five
    SECTION ("nothing")
    {
        expected = 0;
    }
    SECTION ("a word")
    {
        workspace.setScript (changed (scene, "cold", "warm"));
        expected = 1;
    }
    SECTION ("a pause alone")
    {
        workspace.setScript (changed (scene, "350", "900"));
        expected = 0;
    }
    SECTION ("one speaker's voice")
    {
        setVoice (workspace, "Ben", { "david", {} });
        expected = 2;
    }
    SECTION ("the seed")
    {
        setSeed (workspace, 12);
        expected = 5;
    }
    SECTION ("a recording, and then another one in its place")
    {
        const auto file = fixture.folder.path() / "ben.wav";
        writeSound (file, sine (200.0, 3.0));
        setVoice (workspace, "Ben", { "ben", file });
        workspace.settle();
        REQUIRE (renderAll (workspace));
        CHECK (fixture.engine.jobs() == 7);
        writeSound (file, sine (300.0, 3.0));
        expected = 4;
    }
    SECTION ("a recording that is copied elsewhere")
    {
        writeSound (fixture.folder.path() / "ben.wav", sine (200.0, 3.0));
        std::filesystem::copy_file (fixture.folder.path() / "ben.wav", fixture.folder.path() / "copy.wav");
        setVoice (workspace, "Ben", { "ben", fixture.folder.path() / "ben.wav" });
        workspace.settle();
        REQUIRE (renderAll (workspace));
        setVoice (workspace, "Ben", { "copy", fixture.folder.path() / "copy.wav" });
        workspace.settle();
        expected = 2;
    }
    REQUIRE (workspace.render());
    workspace.settle(); // recordings are looked at before each render
    REQUIRE (renderAll (workspace));
    CHECK (fixture.engine.jobs() == 5 + expected);
}

TEST_CASE ("Stopping keeps what was rendered, and rendering goes on from there", "[plugin][workspace]")
{
    test::FakeFaults slow;
    slow.frameMs = 10;
    PluginFixture fixture (slow);
    Workspace workspace (fixture.options());
    workspace.setScript (scene);
    REQUIRE (workspace.render());
    REQUIRE (eventually ([&] {
        const auto view = workspace.player().stage().view();
        return view->parts.size() == 5 && view->parts[1].take != nullptr &&
               view->parts[1].take->audio().rendered() > 0;
    }));
    CHECK (workspace.showing().isRendering());
    CHECK (workspace.document()->settings.host.rendersAhead);
    workspace.stop();
    CHECK (isUntil (workspace, { PartState::Done, PartState::Missing, PartState::Missing, PartState::Missing,
                                 PartState::Missing }));
    CHECK_FALSE (workspace.showing().isRendering());
    CHECK_FALSE (workspace.document()->settings.host.rendersAhead);

    REQUIRE (renderAll (workspace));
    CHECK ((bounce (workspace) == expectedSound (24'000)));
    CHECK (fixture.engine.jobs() == 6);
}

TEST_CASE ("Everybody gets a voice, and keeps it", "[plugin][workspace]")
{
    PluginFixture fixture;
    Workspace workspace (fixture.options());
    using Names = std::vector<std::string>;
    workspace.setScript ("Ben: 1\nAnna: 2\n");
    CHECK (voices (workspace) == Names { "ben", "anna" });
    workspace.setScript ("Tom: 1\nANNA: 2\nEve: 3\n");
    CHECK (voices (workspace) == Names { "ben", "anna", "clara" });
    workspace.setScript ("New: 0\nTom: 1\nANNA: 2\nEve: 3\n");
    CHECK (voices (workspace) == Names { "david", "ben", "anna", "clara" });
    CHECK (workspace.showing().notes.empty());
    workspace.setScript ("New: 0\nTom: 1\nANNA: 2\nEve: 3\nOld: 4\n");
    CHECK (voices (workspace).back() == "anna");
    REQUIRE_FALSE (workspace.showing().notes.empty());
    CHECK_THAT (workspace.showing().notes.front(), Catch::Contains ("have one voice, Anna"));
    setVoice (workspace, "tom", { "Ada", "/ada.wav" });
    CHECK (voices (workspace) == Names { "david", "Ada", "anna", "clara", "anna" });
}

TEST_CASE ("Names are compared without case, beyond ASCII too", "[plugin][workspace]")
{
    const auto [name, other] = GENERATE (table<std::string, std::string> (
        { { "änne", "ÄNNE" }, { "Σοφός", "ΣΟΦΌΣ" }, { "İpek", "i\u0307pek" } }));
    CAPTURE (name);
    test::FakeFaults faults;
    faults.voices = { "mia", name };
    PluginFixture fixture (faults);
    Workspace workspace (fixture.options());
    workspace.setScript ("Mia: One.");
    REQUIRE (renderAll (workspace)); // the engine has reported its voices
    workspace.setScript (other + ": One.");
    CHECK (voices (workspace) == std::vector<std::string> { name });

    setVoice (workspace, name, { "mia", {} });
    CHECK (voices (workspace) == std::vector<std::string> { "mia" });
    setVoice (workspace, other, { "ada", "/ada.wav" });
    CHECK (voices (workspace) == std::vector<std::string> { "ada" });
}

TEST_CASE ("The voices are those of the engine's model, once it has reported them", "[plugin][workspace]")
{
    test::FakeFaults faults;
    faults.voices = { "mia", "noah" };
    PluginFixture fixture (faults);
    Workspace workspace (fixture.options());
    CHECK (workspace.showing().voices.size() == 4);
    workspace.setScript ("Mia: One.\nAnna: Two.");
    CHECK (voices (workspace) == std::vector<std::string> { "ben", "anna" });
    CHECK (workspace.player().voices().size() == 4);
    workspace.setScript ("Mia: One.");
    REQUIRE (renderAll (workspace));
    CHECK (workspace.showing().voices == faults.voices);
    workspace.setScript ("Noah: One.\nAnna: Two.");
    CHECK (voices (workspace) == std::vector<std::string> { "noah", "mia" });
}

TEST_CASE ("A model without voices needs recordings", "[plugin][workspace]")
{
    test::FakeFaults faults;
    faults.voices.clear();
    PluginFixture fixture (faults);
    Workspace workspace (fixture.options());
    workspace.setScript ("Anna: One.");
    setVoice (workspace, "Anna", { "ada", "/ada.wav" });
    REQUIRE (renderAll (workspace));
    workspace.setScript ("Ben: Two.");
    workspace.settle();
    CHECK (workspace.render());
    CHECK (isUntil (workspace, { PartState::Failed }));
    bounce (workspace);
    const auto gaps = workspace.player().stage().gaps();
    REQUIRE (gaps.size() == 1);
    CHECK_THAT (gaps[0].why, Catch::Contains ("has no voice")); // the engine was not asked
}

TEST_CASE ("A script that cannot be spoken is refused in words", "[plugin][workspace]")
{
    PluginFixture fixture;
    Workspace workspace (fixture.options());
    workspace.setScript ("   \n\n");
    const auto empty = workspace.render();
    REQUIRE_FALSE (empty);
    CHECK (empty.error().code == ErrorCode::InvalidInput);
    CHECK_FALSE (empty.error().message.empty());
    CHECK (workspace.showing().scriptProblem);

    workspace.setScript ("Anna: \xff");
    workspace.settle();
    const auto now = workspace.showing();
    CHECK (now.isScriptRefused);
    CHECK (now.problems.size() == 1);
    CHECK (*now.document->script == "   \n\n"); // nothing is lost
}

TEST_CASE ("What was typed is bounced, however late it was read", "[plugin][workspace]")
{
    PluginFixture fixture;
    Workspace workspace (fixture.options());
    workspace.setScript (scene);
    REQUIRE (renderAll (workspace));
    const auto before = bounce (workspace);
    for (int i = 0; i < 20; ++i)
        workspace.setScript (changed (scene, "cold", "cold" + std::to_string (i)));
    workspace.setScript (changed (scene, "soup is cold", "soup is warm"));
    const auto after = bounce (workspace);
    CHECK ((after != before));
    CHECK (after.size() == before.size());
    CHECK (*workspace.document()->script == changed (scene, "soup is cold", "soup is warm"));
    REQUIRE (workspace.undo());
    while (*workspace.document()->script != scene && workspace.undo())
        continue;
    CHECK ((bounce (workspace) == before));
}

TEST_CASE ("The user's edits are told, and nothing else", "[plugin][workspace]")
{
    PluginFixture fixture;
    Workspace workspace (fixture.options());
    std::atomic<int> edits { 0 };
    workspace.onUserEdit = [&] { ++edits; };
    workspace.setScript (scene);
    workspace.settle();
    CHECK (edits == 1);
    setSeed (workspace, 3);
    CHECK (edits == 2);
    setSeed (workspace, 3); // changes nothing
    CHECK_FALSE (workspace.edit (project::SetLocked { { 999 }, true }));
    CHECK (edits == 2);
    REQUIRE (renderAll (workspace)); // takes, given voices, what is rendered ahead
    workspace.player().setBeat (90.0, { 1.0, 0.0 });
    workspace.stop();
    CHECK (edits == 2);
    CHECK (workspace.undo());
    CHECK (edits == 3);
    CHECK (workspace.redo());
    CHECK (edits == 4);
    workspace.load (StateText { scene }.text());
    CHECK (edits == 4);
    workspace.load ("{");
    workspace.discard();
    CHECK (edits == 5);
}

TEST_CASE ("A bounce without an engine is a slate for each line, and says so", "[plugin][workspace]")
{
    const TemporaryFolder folder;
    Workspace workspace (optionsIn (folder.path())); // nobody listens
    workspace.setScript ("Anna: Good evening, everybody.\nBen: Good evening.\n");
    const auto sound = bounce (workspace);
    const auto gaps = workspace.player().stage().gaps();
    REQUIRE (gaps.size() == 2);
    CHECK_THAT (gaps[0].why, Catch::Contains ("/nowhere"));
    for (const auto& gap : gaps)
    {
        const auto start = (std::size_t) gap.place.start.value;
        REQUIRE (sound.size() > start + 1'000);
        CHECK (*std::max_element (sound.begin() + (std::ptrdiff_t) start,
                                  sound.begin() + (std::ptrdiff_t) start + 1'000) ==
               Approx (0.1f).margin (1e-3));
    }
    CHECK_FALSE (workspace.showing().gaps.empty());
}

TEST_CASE ("A store that is full or not there is said, and costs no take", "[plugin][workspace]")
{
    PluginFixture fixture;
    auto options = fixture.options();
    options.stage.store = std::make_shared<TakeStore> (TakeStoreOptions { .folder = "/proc/nowhere/takes" });
    Workspace workspace (options);
    workspace.setScript (scene);
    REQUIRE (renderAll (workspace));
    CHECK ((bounce (workspace) == expectedSound (24'000)));
    const auto problems = workspace.showing().problems;
    REQUIRE (problems.size() == 1);
    CHECK_THAT (problems[0].text(), Catch::Contains ("/proc/nowhere/takes"));
    CHECK ((bounce (workspace) == expectedSound (24'000))); // from memory
    CHECK (fixture.engine.jobs() == 5);
}

TEST_CASE ("A recording that is short for a voice gets a note until another one is chosen",
           "[plugin][workspace]")
{
    PluginFixture fixture;
    Workspace workspace (fixture.options());
    workspace.setScript (scene);
    workspace.settle();
    const auto choose = [&] (const std::string& name, double seconds) {
        const auto file = fixture.folder.path() / name;
        writeSound (file, sine (200.0, seconds));
        setVoice (workspace, "Ben", { name, file });
        workspace.settle();
        return workspace.showing().notes;
    };
    CHECK_THAT (choose ("short.wav", 1.0),
                Catch::VectorContains (
                    std::string ("Ben's voice short.wav is 1 s long; 3 s or more give a better likeness.")));
    CHECK (choose ("long.wav", 4.0).empty());
}
