// SPDX-License-Identifier: GPL-3.0-or-later
#include <fstream>

#include <catch2/catch.hpp>

#include "PluginFixture.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
std::vector<float> soundOf (Session& session, double rate)
{
    const auto end = toHost (session.performance().view().end, rate).value;
    std::vector<float> sound ((std::size_t) end);
    session.performance().plan().read ({ 0 }, sound);
    return sound;
}

std::vector<std::string> voices (const std::vector<CastMember>& cast)
{
    std::vector<std::string> names;
    names.reserve (cast.size());
    for (const auto& member : cast)
        names.push_back (member.voice.name);
    return names;
}
} // namespace

TEST_CASE ("A script becomes the sound of its lines, with its pauses, at any host rate", "[plugin][session]")
{
    const double rate = GENERATE (24'000.0, 44'100.0, 48'000.0);
    PluginFixture fixture;
    Session session (fixture.options());
    session.setScript (scene);
    session.setSeed (11);
    session.performance().setHostRate (rate);
    REQUIRE (session.render());
    session.performance().waitUntilDone();
    CHECK ((soundOf (session, rate) == expectedSound (rate, 11)));

    // Changing the rate later is the same as having had it from the beginning.
    session.performance().setHostRate (96'000);
    CHECK ((soundOf (session, 96'000) == expectedSound (96'000, 11)));
}

TEST_CASE ("Rendering again renders only what has changed", "[plugin][session]")
{
    PluginFixture fixture;
    Session session (fixture.options());
    session.setScript (scene);
    REQUIRE (session.render());
    session.performance().waitUntilDone();
    CHECK (fixture.engine.jobs() == 5);

    int expected = 0; // jobs beyond the first five
    SECTION ("nothing")
    {
        expected = 0;
    }
    SECTION ("a word")
    {
        auto text = std::string (scene);
        text.replace (text.find ("cold"), 4, "warm");
        session.setScript (text);
        expected = 1;
    }
    SECTION ("a pause alone")
    {
        auto text = std::string (scene);
        text.replace (text.find ("350"), 3, "900");
        session.setScript (text);
        expected = 0;
    }
    SECTION ("one speaker's voice")
    {
        session.setVoice ("Ben", { "david", {} });
        expected = 2;
    }
    SECTION ("the seed")
    {
        session.setSeed (12);
        expected = 5;
    }
    SECTION ("a recording, and then another one in its place")
    {
        const auto file = fixture.folder.path() / "ben.wav";
        std::ofstream (file) << "one";
        session.setVoice ("Ben", { "ben", file });
        REQUIRE (session.render());
        session.performance().waitUntilDone();
        CHECK (fixture.engine.jobs() == 7);
        std::filesystem::last_write_time (file, std::filesystem::file_time_type::clock::now() +
                                                    std::chrono::hours (1));
        expected = 4;
    }
    REQUIRE (session.render());
    session.performance().waitUntilDone();
    CHECK (fixture.engine.jobs() == 5 + expected);
    for (const auto& passage : session.performance().view().passages)
        CHECK (passage.take->state() == TakeState::Done);
}

TEST_CASE ("Stopping keeps what was rendered, and rendering goes on from there", "[plugin][session]")
{
    test::FakeFaults slow;
    slow.frameMs = 10;
    PluginFixture fixture (slow);
    Session session (fixture.options());
    session.setScript (scene);
    REQUIRE (session.render());
    REQUIRE (
        eventually ([&] { return session.performance().view().passages[1].take->audio().rendered() > 0; }));
    session.stop();
    session.performance().waitUntilDone();
    const auto view = session.performance().view();
    CHECK (view.passages[0].take->state() == TakeState::Done);
    CHECK (view.passages[1].take->state() == TakeState::Cancelled);
    CHECK (view.passages[4].take->state() == TakeState::Cancelled);
    CHECK (session.performance().plan().isComplete());

    REQUIRE (session.render());
    session.performance().waitUntilDone();
    CHECK ((soundOf (session, 24'000) == expectedSound (24'000)));
    CHECK (fixture.engine.jobs() == 6);
}

TEST_CASE ("Everybody gets a voice", "[plugin][session]")
{
    PluginFixture fixture;
    Session session (fixture.options());
    using Names = std::vector<std::string>;
    CHECK (voices (session.cast ({ "Ben", "Anna" })) == Names { "ben", "anna" });
    CHECK (voices (session.cast ({ "Tom", "ANNA", "Eve" })) == Names { "ben", "anna", "clara" });
    CHECK (voices (session.cast ({ "1", "2", "3", "4", "5", "6" })) ==
           Names { "anna", "ben", "clara", "david", "anna", "ben" });
    session.setVoice ("tom", { "anna", {} });
    CHECK (voices (session.cast ({ "Tom", "Eve" })) == Names { "anna", "ben" });
    session.setVoice ("Tom", { "Ada", "/ada.wav" });
    CHECK (session.cast ({ "Tom" })[0].voice.path == "/ada.wav");
}

TEST_CASE ("Names are compared without case, beyond ASCII too", "[plugin][session]")
{
    const auto [name, other] = GENERATE (table<std::string, std::string> (
        { { "änne", "ÄNNE" }, { "Σοφός", "ΣΟΦΌΣ" }, { "İpek", "i\u0307pek" } }));
    CAPTURE (name);
    test::FakeFaults faults;
    faults.voices = { "mia", name };
    PluginFixture fixture (faults);
    Session session (fixture.options());
    session.setScript (other + ": One.");
    REQUIRE (session.render());
    session.performance().waitUntilDone(); // the engine has reported its voices
    CHECK (voices (session.cast ({ other })) == std::vector<std::string> { name });

    session.setVoice (name, { "mia", {} });
    CHECK (voices (session.cast ({ other })) == std::vector<std::string> { "mia" });
    session.setVoice (other, { "ada", "/ada.wav" });
    CHECK (session.state().cast.size() == 1);
    CHECK (session.cast ({ name })[0].voice.path == "/ada.wav");
}

TEST_CASE ("The voices are those of the engine's model, once it has reported them", "[plugin][session]")
{
    test::FakeFaults faults;
    faults.voices = { "mia", "noah" };
    PluginFixture fixture (faults);
    Session session (fixture.options());
    CHECK (session.ownVoices().size() == 4);
    session.setScript ("Noah: One.\nAnna: Two.");
    REQUIRE (session.render());
    session.performance().waitUntilDone();
    CHECK (session.ownVoices() == faults.voices);
    CHECK (voices (session.cast ({ "Noah", "Anna" })) == std::vector<std::string> { "noah", "mia" });
}

TEST_CASE ("A model without voices needs recordings", "[plugin][session]")
{
    test::FakeFaults faults;
    faults.voices.clear();
    PluginFixture fixture (faults);
    Session session (fixture.options());
    session.setScript ("Anna: One.");
    session.setVoice ("Anna", { "ada", "/ada.wav" });
    REQUIRE (session.render());
    session.performance().waitUntilDone();
    session.setScript ("Ben: Two.");
    const auto refused = session.render();
    REQUIRE_FALSE (refused);
    CHECK_THAT (refused.error().message, Catch::StartsWith ("speaker \"Ben\" has no voice"));
}

TEST_CASE ("A script that cannot be spoken is refused in words", "[plugin][session]")
{
    PluginFixture fixture;
    Session session (fixture.options());
    session.setScript ("   \n\n");
    const auto empty = session.render();
    REQUIRE_FALSE (empty);
    CHECK (empty.error().code == ErrorCode::InvalidInput);
    CHECK_FALSE (empty.error().message.empty());
}

TEST_CASE ("A saved session comes back and is rendered again", "[plugin][session][state]")
{
    PluginFixture fixture;
    std::string saved;
    {
        Session session (fixture.options());
        session.setScript (scene);
        session.setSeed (4);
        REQUIRE (session.render());
        session.performance().waitUntilDone();
        saved = session.save();
    }
    Session session (fixture.options());
    session.load (saved);
    CHECK (session.loads() == 1);
    CHECK_FALSE (session.loadProblem());
    session.performance().waitUntilDone();
    CHECK ((soundOf (session, 24'000) == expectedSound (24'000, 4)));
    CHECK (session.save() == saved);

    session.load (toText ({})); // a state that was never rendered: the old sound goes
    CHECK (session.performance().view().passages.empty());
}

TEST_CASE ("A session of a newer version is given back untouched until something is changed",
           "[plugin][session][state]")
{
    PluginFixture fixture;
    Session session (fixture.options());
    const std::string newer = R"({"tableread_state": 9, "scenes": ["unknown"]})";
    session.load (newer);
    REQUIRE (session.loadProblem());
    CHECK (session.save() == newer);
    session.setScript (session.state().script); // what an editor does when it opens
    CHECK (session.save() == newer);
    session.setScript ("Anna: Hello.");
    CHECK (parseState (session.save()).value().script == "Anna: Hello.");
}
