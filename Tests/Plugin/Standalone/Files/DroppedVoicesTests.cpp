// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Project/Lookup.h"
#include "Standalone/Files/DroppedVoices.h"
#include "TypedProject.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

TEST_CASE ("A recording with somebody's name is that one's voice", "[plugin][standalone]")
{
    auto document = *typed ("Anna: Hello.\nBen: Good evening.").document;
    const auto dropped =
        DroppedVoices::of (document, { "/voices/ANNA.wav", "/voices/carla.flac", "/voices/ben.mp3" });
    CHECK (dropped.others == std::vector<std::filesystem::path> { "/voices/carla.flac" });
    REQUIRE (dropped.edits.size() == 2);
    for (const auto& edit : dropped.edits)
        document = *project::apply (document, edit);
    const auto* const ben = project::memberOf (document, "Ben");
    REQUIRE (ben != nullptr);
    CHECK (ben->isChosen);
    REQUIRE (ben->moods.size() == 1);
    CHECK (ben->moods[0].voice == VoiceReference { "ben", "/voices/ben.mp3" });
    CHECK (project::memberOf (document, "Anna")->moods[0].voice.path == "/voices/ANNA.wav");
}

TEST_CASE ("A dropped recording leaves the other moods and the level", "[plugin][standalone]")
{
    auto document = *typed ("Anna: Hello.").document;
    project::Member anna;
    anna.speaker = "Anna";
    anna.moods = { { {}, { "old", "/voices/old.wav" }, std::string (32, 'a'), {} },
                   { "whispering", { "soft", "/voices/soft.wav" }, {}, {} } };
    anna.isChosen = true;
    anna.gainDb = -3.0;
    document = *project::apply (document, project::SetMember { anna });
    const auto edit = voiceFor (document, "anna", "/voices/new.wav");
    CHECK (edit.member.gainDb == -3.0);
    REQUIRE (edit.member.moods.size() == 2);
    CHECK (edit.member.moods[0].voice.path == "/voices/new.wav");
    CHECK (edit.member.moods[0].content.empty());
    CHECK (edit.member.moods[1].voice.path == "/voices/soft.wav");
    CHECK (edit.member.speaker == "Anna"); // no second one
}
