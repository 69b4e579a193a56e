// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <catch2/catch.hpp>

#include "Command/Cast.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::engine;
using Catch::Contains;

namespace
{
struct CastFixture
{
    CastFixture()
    {
        std::filesystem::create_directories (folder.path() / "voices");
        for (const std::string name : { "anna", "ben", "clara" })
            std::ofstream (folder.path() / "voices" / (name + ".wav")) << name;
        std::ofstream (recording()) << "recording";
    }

    Result<Cast> cast (std::vector<std::string> speakers, std::vector<std::string> options) const
    {
        return castVoices (speakers, options, VoiceShelf (folder.path(), {}));
    }
    std::string recording() const { return (folder.path() / "me.wav").string(); }
    std::filesystem::path voice (const std::string& name) const
    {
        return folder.path() / "voices" / (name + ".wav");
    }

    test::TemporaryFolder folder;
};

std::vector<std::filesystem::path> paths (const Cast& cast)
{
    std::vector<std::filesystem::path> all;
    for (const auto& voice : cast.voices)
        all.push_back (voice.path);
    return all;
}

using Paths = std::vector<std::filesystem::path>;
} // namespace

TEST_CASE ("A speaker has the voice that was asked for", "[engine][command][cast]")
{
    const CastFixture fixture;
    const auto cast = fixture.cast ({ "Zoë", "Émile" }, { "ZOË=" + fixture.recording(), "émile=Ben" });
    REQUIRE (cast);
    CHECK (paths (*cast) == Paths { fixture.recording(), fixture.voice ("ben") });
    CHECK (cast->voices[0].name == "Zoë");
    CHECK (cast->notes.empty());
}

TEST_CASE ("Else a speaker has the model's voice of the same name", "[engine][command][cast]")
{
    const CastFixture fixture;
    const auto cast = fixture.cast ({ "ANNA", "Me" }, { "Me=" + fixture.recording() });
    REQUIRE (cast);
    CHECK (paths (*cast) == Paths { fixture.voice ("anna"), fixture.recording() });
    CHECK (cast->notes.empty());
}

TEST_CASE ("Without any --voice the model's other voices are given out, and that is said",
           "[engine][command][cast]")
{
    const CastFixture fixture;
    const auto cast = fixture.cast ({ "Queen", "Anna", "Door" }, {});
    REQUIRE (cast);
    CHECK (paths (*cast) == Paths { fixture.voice ("ben"), fixture.voice ("anna"), fixture.voice ("clara") });
    REQUIRE (cast->notes.size() == 1);
    CHECK_THAT (cast->notes[0], Contains ("Queen = ben, Door = clara"));
}

TEST_CASE ("A voice for nobody is used for nobody, and that is said", "[engine][command][cast]")
{
    const CastFixture fixture;
    const auto cast = fixture.cast ({ "Anna" }, { "Zelda=" + fixture.recording() });
    REQUIRE (cast);
    REQUIRE (cast->notes.size() == 1);
    CHECK_THAT (cast->notes[0], Contains ("Zelda"));
}

TEST_CASE ("A file that is not there is named by its reader", "[engine][command][cast]")
{
    const CastFixture fixture;
    const auto cast = fixture.cast ({ "Queen" }, { "Queen=nowhere.wav" });
    REQUIRE (cast);
    CHECK (paths (*cast) == Paths { "nowhere.wav" });
}

TEST_CASE ("A cast that cannot be made is one sentence", "[engine][command][cast][errors]")
{
    const CastFixture fixture;
    using Names = std::vector<std::string>;
    const auto [speakers, options, says] = GENERATE (table<Names, Names, std::string> ({
        { { "Queen", "Anna" },
          { "Anna=ben" },
          "speaker \"Queen\" has no voice. Give one with --voice \"Queen=recording.wav\"" },
        { { "Q", "R" }, { "Anna=ben" }, "speakers without a voice: Q, R." },
        { { "A", "B", "C", "D" }, {}, "anna, ben, clara" },
        { { "A" }, { "A" }, "not NAME=FILE" },
        { { "A" }, { "=x.wav" }, "not NAME=FILE" },
        { { "A" }, { "A=" }, "not NAME=FILE" },
        { { "A" }, { "A=ben", "a=anna" }, "twice for \"a\"" },
    }));
    const auto cast = fixture.cast (speakers, options);
    REQUIRE (! cast);
    CHECK (cast.error().code == ErrorCode::InvalidInput);
    CHECK_THAT (cast.error().message, Contains (says));
}
