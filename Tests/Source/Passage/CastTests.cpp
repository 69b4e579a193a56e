// SPDX-License-Identifier: Apache-2.0
#include "Passage/Cast.h"

#include <fstream>

#include <catch2/catch.hpp>

#include "Support/TemporaryFolder.h"

using namespace tableread;
using Catch::Contains;

namespace
{
using Names = std::vector<std::string>;

struct CastFixture
{
    CastFixture() { std::ofstream (recording()) << "recording"; }

    /** The cast that a command line gives: the options are read first. */
    Result<Cast> cast (const Names& speakers, const Names& options) const
    {
        const auto chosen = readVoiceOptions (options);
        return chosen ? castAsAsked ({ speakers, *chosen, voices }) : tl::unexpected (chosen.error());
    }
    std::string recording() const { return (folder.path() / "me.wav").string(); }

    test::TemporaryFolder folder;
    Names voices { "anna", "ben", "clara" };
};

/** The path of a recording, or else the name. */
Names heard (const Cast& cast)
{
    Names all;
    for (const auto& [speaker, voice] : cast.members)
        all.push_back (voice.path.empty() ? voice.name : voice.path.string());
    return all;
}

/** Names that differ only in case: beyond ASCII, at the end of a word, and as ICU folds the dotted capital I. */
const std::vector<std::pair<std::string, std::string>> sameNames { { "ÄNNE", "änne" },
                                                                   { "ΣΟΦΌΣ", "σοφός" },
                                                                   { "İpek", "i\u0307pek" } };
} // namespace

TEST_CASE ("A speaker has the voice that was asked for", "[source][passage]")
{
    const CastFixture fixture;
    const auto cast = fixture.cast ({ "Zoë", "Émile" }, { "ZOË=" + fixture.recording(), "émile=Ben" });
    REQUIRE (cast);
    CHECK (heard (*cast) == Names { fixture.recording(), "Ben" });
    CHECK (cast->members[0].speaker == "Zoë");
    CHECK (cast->notes.empty());
}

TEST_CASE ("The voice of * is for everybody who is not named", "[source][passage]")
{
    const CastFixture fixture;
    const auto cast = fixture.cast ({ "Queen", "Anna", "Door" }, { "*=clara", "door=ben" });
    REQUIRE (cast);
    CHECK (heard (*cast) == Names { "clara", "clara", "ben" });
    CHECK (cast->notes.empty());
    const std::vector<CastMember> chosen { { "*", { "clara", {} } } };
    CHECK (heard (castEverybody ({ Names { "Queen", "Anna" }, chosen, fixture.voices })) ==
           Names { "clara", "clara" });
    CHECK (isEverybodyElse ({ " ＊", {} }));
    CHECK_FALSE (isEverybodyElse ({ "Anna", {} }));
}

TEST_CASE ("Otherwise a speaker has the model's voice of the same name", "[source][passage]")
{
    const CastFixture fixture;
    const auto cast = fixture.cast ({ "ANNA", "Me" }, { "Me=" + fixture.recording() });
    REQUIRE (cast);
    CHECK (heard (*cast) == Names { "anna", fixture.recording() });
    CHECK (cast->notes.empty());
}

TEST_CASE ("Without any --voice the model's other voices are given out, and a note says so",
           "[source][passage]")
{
    const CastFixture fixture;
    const auto cast = fixture.cast ({ "Queen", "Anna", "Door" }, {});
    REQUIRE (cast);
    CHECK (heard (*cast) == Names { "ben", "anna", "clara" });
    REQUIRE (cast->notes.size() == 1);
    CHECK_THAT (cast->notes[0], Contains ("Queen = ben, Door = clara"));
}

TEST_CASE ("A voice for an unknown speaker is not used, and a note says so", "[source][passage]")
{
    const CastFixture fixture;
    const auto cast = fixture.cast ({ "Anna" }, { "Zelda=" + fixture.recording() });
    REQUIRE (cast);
    REQUIRE (cast->notes.size() == 1);
    CHECK_THAT (cast->notes[0], Contains ("Zelda"));
}

TEST_CASE ("A file that is not there is named by its reader", "[source][passage]")
{
    const CastFixture fixture;
    const auto cast = fixture.cast ({ "Queen" }, { "Queen=nowhere.wav" });
    REQUIRE (cast);
    CHECK (heard (*cast) == Names { "nowhere.wav" });
}

TEST_CASE ("An impossible cast is refused in one sentence", "[source][passage][errors]")
{
    const CastFixture fixture;
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
        { { "A" }, { "Speaker 1=ben", "speaker 01=anna" }, "twice for \"speaker 01\"" },
        { { "A" }, { "*=ben", "*=anna" }, "twice for \"*\"" },
        { { "A" }, { "Anna (whispering)=x.wav" }, "Write --voice \"Anna=x.wav\"." },
        { { "A" }, { "安娜（轻声）=x.wav" }, "Write --voice \"安娜=x.wav\"." },
    }));
    const auto cast = fixture.cast (speakers, options);
    REQUIRE (! cast);
    CHECK (cast.error().code == ErrorCode::InvalidInput);
    CHECK_THAT (cast.error().message, Contains (says));
}

TEST_CASE ("Names that differ only in case are the same, beyond ASCII too", "[source][passage]")
{
    CastFixture fixture;
    for (const auto& [upper, lower] : sameNames)
    {
        CAPTURE (upper);
        CHECK (heard (fixture.cast ({ lower }, { upper + "=" + fixture.recording() }).value()) ==
               Names { fixture.recording() });
        const auto twice = fixture.cast ({ "A" }, { upper + "=x", lower + "=y" });
        REQUIRE (! twice);
        CHECK_THAT (twice.error().message, Contains ("twice for \"" + lower));
        fixture.voices = { "anna", lower };
        CHECK (heard (fixture.cast ({ upper }, {}).value()) == Names { lower });
        CHECK (heard (castEverybody ({ Names { upper }, {}, fixture.voices })) == Names { lower });
    }
}

TEST_CASE ("Everybody gets a voice, each voice once as long as there are enough", "[source][passage]")
{
    const CastFixture fixture;
    const auto everybody = [&] (const Names& speakers, const std::vector<CastMember>& chosen) {
        const auto cast = castEverybody ({ speakers, chosen, fixture.voices });
        CHECK (cast.notes.empty());
        return heard (cast);
    };
    CHECK (everybody ({ "Tom", "ANNA", "Eve" }, {}) == Names { "ben", "anna", "clara" });
    CHECK (everybody ({ "1", "2", "3", "4", "5" }, {}) == Names { "anna", "ben", "clara", "anna", "ben" });
    CHECK (everybody ({ "Tom", "Anna" }, { { "TOM", { "Anna", {} } } }) == Names { "Anna", "ben" });
    CHECK (everybody ({ "Tom", "Anna" }, { { "Tom", { "anna", "/tom.wav" } } }) ==
           Names { "/tom.wav", "anna" });
    CHECK (castEverybody ({ Names { "Tom" }, {}, {} }).members[0].voice == VoiceReference {});
}

TEST_CASE ("Asking for a voice does not take it from the speaker of the same name", "[source][passage]")
{
    const CastFixture fixture;
    CHECK (heard (fixture.cast ({ "Tom", "Anna" }, { "Tom=anna" }).value()) == Names { "anna", "anna" });
}

TEST_CASE ("A --voice option names a recording that exists, else a voice of the model", "[source][passage]")
{
    const CastFixture fixture;
    CHECK (readVoiceOption ("Me=" + fixture.recording()).value() ==
           CastMember { "Me", { "me", fixture.recording() } });
    CHECK (readVoiceOption ("Me=x=y.wav").value() == CastMember { "Me", { "x=y.wav", {} } });
}
