// SPDX-License-Identifier: Apache-2.0
#include "Project/Casting.h"

#include <catch2/catch.hpp>

#include "Documents.h"
#include "Project/Lookup.h"
#include "Project/Project.h"

using namespace tableread;
using namespace tableread::project;
using Catch::Contains;
using test::documentOf;

namespace
{
const std::vector<std::string> fourVoices { "anna", "ben", "clara", "david" };

/** "Tom=anna Eve=ben" */
std::string castIn (const Document& document)
{
    std::string all;
    for (const auto& member : document.cast)
        all += (all.empty() ? "" : " ") + member->speaker + "=" +
               (member->moods.empty() ? "-" : member->moods.front().voice.name);
    return all;
}

struct CastProject
{
    explicit CastProject (const std::string& script) : project (documentOf (script)) { give(); }

    void give() { project.giveVoices (fourVoices); }
    std::string cast() const { return castIn (*project.document()); }
    std::string setScript (const std::string& script)
    {
        REQUIRE (project.edit (SetScript { script }));
        give();
        return cast();
    }
    void choose (const std::string& speaker, const std::string& voice)
    {
        REQUIRE (project.edit (SetMember { test::memberWith (speaker, { voice, {} }) }));
        give();
    }
    void render (LineId line) { project.addTake (test::wholeTake (line, "x")); }

    Project project;
};

VoiceReference voiceOf (const Document& document, std::size_t line)
{
    const auto* const mood = partOf (document, *document.lines[line]).mood;
    return mood != nullptr ? mood->voice : VoiceReference {};
}
} // namespace

TEST_CASE ("Speakers get the model's voice of their name, else one that nobody has", "[source][project]")
{
    CHECK (CastProject ("Tom: 1\nCLARA: 2\nEve: 3\n").cast() == "CLARA=clara Tom=anna Eve=ben");
    Project project (documentOf ("Tom: 1\n"));
    project.giveVoices ({});
    CHECK (project.document()->cast.empty());
}

TEST_CASE ("A new speaker changes nobody else's voice", "[source][project]")
{
    CastProject fixture ("Tom: 1\nEve: 2\n");
    CHECK (fixture.cast() == "Tom=anna Eve=ben");
    CHECK (fixture.setScript ("Zoe: 0\nTom: 1\nEve: 2\n") == "Tom=anna Eve=ben Zoe=clara");
    CHECK (fixture.setScript ("Anna: -1\nZoe: 0\nTom: 1\nEve: 2\n") ==
           "Tom=anna Eve=ben Zoe=clara Anna=anna");
    CHECK_THAT (castNotes (*fixture.project.document()).at (0),
                Contains ("Tom and Anna have one voice, Anna.")); // Anna's line is the first
}

TEST_CASE ("A voice that is chosen for somebody is taken from nobody", "[source][project]")
{
    CastProject fixture ("Anna: 1\nClara: 2\n");
    fixture.choose ("Anna", "clara");
    CHECK (fixture.cast() == "Anna=clara Clara=clara");
    CHECK_THAT (castNotes (*fixture.project.document()).at (0), Contains ("Clara and Anna have one voice"));

    CastProject later ("Anna: 1\n");
    later.choose ("Anna", "clara");
    CHECK (later.setScript ("Anna: 1\nClara: 2\n") == "Anna=clara Clara=clara");
}

TEST_CASE ("A fifth speaker shares a voice, and a note says so", "[source][project]")
{
    CastProject fixture ("P: 1\nQ: 2\nR: 3\nS: 4\n");
    CHECK (castNotes (*fixture.project.document()).empty());
    CHECK (fixture.setScript ("P: 1\nQ: 2\nR: 3\nS: 4\nT: 5\n") == "P=anna Q=ben R=clara S=david T=anna");
    const auto notes = castNotes (*fixture.project.document());
    REQUIRE (notes.size() == 1);
    CHECK (notes[0] == "T and P have one voice, Anna. Choose another for one of them.");
    fixture.choose ("T", "anna");
    fixture.choose ("P", "anna"); // so it is meant
    CHECK (castNotes (*fixture.project.document()).empty());
}

TEST_CASE ("A voice that was heard stays, also when its speaker was away", "[source][project]")
{
    CastProject fixture ("Tom: 1\nEve: 2\n");
    fixture.render ({ 2 });
    CHECK (fixture.setScript ("Zoe: 1\n") == "Eve=ben Zoe=anna"); // Tom was not heard
    CHECK (fixture.setScript ("Tom: 1\nZoe: 1\nEve: 2\n") == "Eve=ben Zoe=anna Tom=clara");

    Project reopened (*fixture.project.document()); // what was saved is kept
    REQUIRE (reopened.edit (SetScript { "Lea: 1\n" }));
    reopened.giveVoices (fourVoices);
    CHECK (castIn (*reopened.document()) == "Eve=ben Zoe=anna Tom=clara Lea=anna");
}

TEST_CASE ("Names that are half typed keep no voice", "[source][project]")
{
    CastProject fixture ("Tom: 1\n");
    for (const auto* name : { "B", "Be", "Bec", "Beck", "Becky" })
        fixture.setScript ("Tom: 1\n" + std::string (name) + ": 2\n");
    CHECK (fixture.cast() == "Tom=anna Becky=ben");
}

TEST_CASE ("Given voices hold for the steps of undo and redo", "[source][project]")
{
    CastProject fixture ("Tom: 1\n");
    fixture.setScript ("Tom: 1\nEve: 2\n");
    fixture.choose ("Tom", "david");
    fixture.render ({ 2 });
    CHECK (fixture.cast() == "Tom=david Eve=ben");
    REQUIRE (fixture.project.undo());
    CHECK (fixture.cast() == "Tom=anna Eve=ben");
    REQUIRE (fixture.project.undo());
    fixture.give();
    CHECK (fixture.cast() == "Tom=anna Eve=ben"); // Eve was heard
    REQUIRE (fixture.project.redo());
    REQUIRE (fixture.project.redo());
    CHECK (fixture.cast() == "Tom=david Eve=ben");
}

TEST_CASE ("A choice can be taken back", "[source][project]")
{
    CastProject fixture ("Tom: 1\nAnna: 2\n");
    fixture.choose ("Tom", "david");
    auto member = *memberOf (*fixture.project.document(), "tom");
    member.isChosen = false;
    member.gainDb = -3.0;
    REQUIRE (fixture.project.edit (SetMember { member }));
    CHECK (fixture.cast() == "Anna=anna Tom=-");
    fixture.give();
    CHECK (fixture.cast() == "Anna=anna Tom=ben");
    CHECK (memberOf (*fixture.project.document(), "Tom")->gainDb == -3.0);
}

TEST_CASE ("A direction chooses the mood", "[source][project]")
{
    auto document =
        documentOf ("A: 1\nA (WHISPERING): 2\nA (tired, whispering): 3\nA (loud): 4\nB: 5\nC: 6\n");
    auto member = test::memberWith ("A", { "anna", {} });
    member.moods.push_back ({ "whispering", { "soft", "/soft.wav" }, {}, {} });
    document = apply (document, SetMember { member }).value();
    document = apply (document, SetMember { test::memberWith ("*", { "ben", {} }) }).value();
    document = apply (document, SetMember { test::memberWith ("C", { "clara", {} }) }).value();
    CHECK (voiceOf (document, 0).name == "anna");
    CHECK (voiceOf (document, 1).path == "/soft.wav");
    CHECK (voiceOf (document, 2).path == "/soft.wav");
    CHECK (voiceOf (document, 3).name == "anna");
    CHECK (voiceOf (document, 4).name == "ben");
    CHECK (voiceOf (document, 5).name == "clara");
    CHECK (voiceOf (documentOf ("A: 1\n"), 0) == VoiceReference {});
    CHECK (voicesToGive (document, fourVoices).empty());
}

TEST_CASE ("A voice that is chosen leaves what else is set", "[source][project]")
{
    auto document = documentOf ("Anna: 1\nAnna (whispering): 2\n");
    const auto choose = [&] (std::string_view direction, const VoiceReference& voice) {
        document =
            project::apply (document, SetMember { withVoice (document, "anna", direction, voice) }).value();
        return *memberOf (document, "Anna");
    };
    auto anna = choose ({}, { "mine", "/voices/mine.wav" });
    CHECK (document.cast.size() == 1);
    CHECK (anna.isChosen);
    CHECK (anna.moods == std::vector<Mood> { { {}, { "mine", "/voices/mine.wav" }, {}, {} } });
    anna.gainDb = -3.0;
    anna.moods.front().content = std::string (32, 'a');
    anna.moods.front().relative = "mine.wav";
    document = project::apply (document, SetMember { anna }).value();

    anna = choose ("Whispering", { "hush", "/voices/hush.wav" });
    REQUIRE (anna.moods.size() == 2);
    CHECK (anna.moods[1].direction == "Whispering");
    CHECK (anna.moods[0].content == std::string (32, 'a'));
    anna = choose ("whispering", { "clara", {} });
    REQUIRE (anna.moods.size() == 2);
    CHECK (anna.moods[1].voice.name == "clara");
    anna = choose ({}, { "mine", "/voices/mine.wav" }); // the same: its samples are still known
    CHECK (anna.moods[0].content == std::string (32, 'a'));
    CHECK (anna.moods[0].relative == "mine.wav");
    anna = choose ({}, { "ben", {} });
    CHECK (anna.moods[0].content.empty());
    CHECK (anna.gainDb == -3.0);
    CHECK (anna.moods.size() == 2);
}
