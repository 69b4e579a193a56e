// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Cast/Model.h"

#include <catch2/catch.hpp>

#include "Project/Casting.h"
#include "Project/Project.h"
#include "Source/Project/Documents.h"

using namespace tableread;
using namespace tableread::plugin;
using Catch::Contains;

namespace
{
const std::vector<std::string> modelVoices { "anna", "ben", "clara", "david" };

/** A project, and a model that shows it. */
struct Casting
{
    explicit Casting (const std::string& script) : project (test::documentOf (script)) { show(); }

    void show()
    {
        project.giveVoices (modelVoices);
        model.show (project.document());
    }

    void does (const Result<project::Edit>& edit)
    {
        REQUIRE (edit);
        REQUIRE (project.edit (*edit));
        show();
    }

    void setScript (const std::string& script) { does (project::Edit (project::SetScript { script })); }

    const CastEntry& of (const std::string& speaker) const
    {
        for (const auto& entry : model.entries())
            if (entry.speaker == speaker)
                return entry;
        FAIL ("nobody is called " << speaker);
        return model.entries().front();
    }

    /** "Tom=Anna Eve=Ben" */
    std::string voices() const
    {
        std::string all;
        for (const auto& entry : model.entries())
        {
            all += (all.empty() ? "" : " ") + entry.speaker + "=";
            for (const auto& voice : entry.voices)
                all += (voice.direction.empty() ? "" : "(" + voice.direction + ")") + voice.label;
        }
        return all;
    }

    project::Project project;
    CastModel model;
};
} // namespace

TEST_CASE ("The cast is shown in the script's order, with voices that were given", "[plugin][cast]")
{
    Casting cast ("Tom: 1\nEve: 2\nTom: 3\n");
    CHECK (cast.voices() == "Tom=Anna Eve=Ben");
    CHECK (cast.of ("Tom").remark == "2 lines");
    CHECK (cast.of ("Eve").remark == "1 line");
    CHECK_FALSE (cast.of ("Tom").isChosen);
    CHECK_THAT (cast.of ("Tom").voices[0].tip, Contains ("stays until you choose another"));
    cast.setScript ("Zoe: 0\nTom: 1\nEve: 2\n");
    CHECK (cast.voices() == "Zoe=Clara Tom=Anna Eve=Ben");
    CHECK (cast.of ("Tom").colour.number == 0); // as before
    CHECK (cast.of ("Zoe").colour.number == 2);

    CastModel nobody;
    CHECK (nobody.entries().empty());
    nobody.show (std::make_shared<project::Document> (test::documentOf ("Tom: 1\n")));
    REQUIRE (nobody.entries().size() == 1);
    CHECK (nobody.entries()[0].voices[0].label.empty());
}

TEST_CASE ("Who shares a voice unasked is said", "[plugin][cast]")
{
    Casting cast ("P: 1\nQ: 2\nR: 3\nS: 4\nT: 5\n");
    CHECK (cast.of ("T").remark == "The same voice as P");
    CHECK (cast.of ("T").isWarning);
    CHECK_FALSE (cast.of ("P").isWarning);
    cast.does (cast.model.chooseVoice ("T", {}, { "anna", {} }));
    CHECK_FALSE (cast.of ("T").isWarning); // so it is meant
    CHECK (cast.of ("P").remark == "The same voice as T");
}

TEST_CASE ("A voice is chosen, a recording too, and the choice is taken back", "[plugin][cast]")
{
    Casting cast ("Anna: 1\nClara: 2\n");
    cast.does (cast.model.chooseVoice ("Anna", {}, { "clara", {} }));
    CHECK (cast.voices() == "Anna=Clara Clara=Clara");
    CHECK (cast.of ("Anna").isChosen);
    cast.does (cast.model.chooseVoice ("Clara", {}, { "mine", "/voices/mine.wav" }));
    CHECK (cast.of ("Clara").voices[0].label == "mine.wav");
    CHECK (cast.of ("Clara").voices[0].tip == "/voices/mine.wav");
    cast.does (cast.model.takeBackVoice ("Clara"));
    CHECK (cast.voices() == "Anna=Clara Clara=Clara");
    CHECK_FALSE (cast.of ("Clara").isChosen);
    REQUIRE (cast.project.undo());
    cast.show();
    CHECK (cast.of ("Clara").voices[0].label == "mine.wav");
}

TEST_CASE ("A mood is a voice for a direction of the script", "[plugin][cast]")
{
    Casting cast ("Anna: 1\nAnna (whispering): 2\nAnna (softly, sadly): 3\nAnna (Whispering): 4\n");
    CHECK (cast.of ("Anna").openDirections == std::vector<std::string> { "whispering", "softly", "sadly" });
    cast.does (cast.model.addMood ("Anna", " whispering "));
    CHECK (cast.voices() == "Anna=Anna(whispering)Anna");
    CHECK (cast.of ("Anna").openDirections == std::vector<std::string> { "softly", "sadly" });
    cast.does (cast.model.chooseVoice ("Anna", "whispering", { "hush", "/hush.wav" }));
    CHECK (cast.voices() == "Anna=Anna(whispering)hush.wav");
    CHECK (project::partOf (*cast.project.document(), *cast.project.document()->lines[1]).mood->voice.path ==
           "/hush.wav");
    CHECK_THAT (cast.model.addMood ("Anna", "WHISPERING").error().text(), Contains ("already"));
    CHECK_THAT (cast.model.addMood ("Anna", "  ").error().text(), Contains ("a word that stands behind"));
    cast.does (cast.model.removeMood ("Anna", "whispering"));
    cast.does (cast.model.removeMood ("Anna", {})); // the usual voice stays
    CHECK (cast.voices() == "Anna=Anna");

    CastModel silent;
    silent.show (std::make_shared<project::Document> (test::documentOf ("Tom: 1\n")));
    CHECK (silent.addMood ("Tom", "loud").error().text() == "choose a voice for \"Tom\" first.");
}

TEST_CASE ("How somebody is heard is set without choosing a voice", "[plugin][cast]")
{
    Casting cast ("Tom: 1\nEve: 2\n");
    cast.does (cast.model.setBus ("Tom", 16));
    cast.does (cast.model.setGain ("Tom", -4.5));
    cast.does (cast.model.setMuted ("Tom", true));
    cast.does (cast.model.setSolo ("Tom", true));
    cast.does (cast.model.setColour ("Tom", 0x123456));
    const auto& tom = cast.of ("Tom");
    CHECK (tom.bus == 16);
    CHECK (tom.gainDb == -4.5);
    CHECK (tom.isMuted);
    CHECK (tom.isSolo);
    CHECK (tom.colour.chosen == 0x123456u);
    CHECK_FALSE (tom.isChosen);
    CHECK (tom.voices[0].label == "Anna");
    cast.setScript ("Eve: 2\nBen: 3\n"); // Tom has left, and nobody chose his voice
    CHECK (cast.voices() == "Eve=Ben Ben=Ben");
}

TEST_CASE ("Who has left the script is shown if their voice was chosen, and can be forgotten",
           "[plugin][cast]")
{
    Casting cast ("Tom: 1\nEve: 2\n");
    cast.does (cast.model.chooseVoice ("Tom", {}, { "david", {} }));
    cast.setScript ("Eve: 2\n");
    CHECK (cast.voices() == "Eve=Ben Tom=David");
    CHECK (cast.of ("Tom").hasLeft);
    CHECK (cast.of ("Tom").remark == "Not in the script: David");
    cast.setScript ("Eve: 2\nTOM: 1\n");
    CHECK (cast.voices() == "Eve=Ben TOM=David");
    CHECK_FALSE (cast.of ("TOM").hasLeft);
    cast.setScript ("Eve: 2\n");
    cast.does (cast.model.forget ("Tom"));
    CHECK (cast.voices() == "Eve=Ben");
    REQUIRE (cast.project.undo());
    cast.show();
    CHECK (cast.voices() == "Eve=Ben Tom=David");
}

TEST_CASE ("The voice of everybody else is shown once, and with those who have it", "[plugin][cast]")
{
    Casting cast ("");
    cast.does (project::Edit (project::SetMember { test::memberWith ("*", { "ben", {} }) }));
    cast.setScript ("Tom: 1\n");
    CHECK (cast.voices() == "Tom=Ben *=Ben");
    CHECK (cast.of ("*").title == "Everybody else");
    CHECK_FALSE (cast.of ("*").hasLeft);
    CHECK (cast.of ("Tom").voices[0].tip == "The voice of everybody else");
    cast.does (cast.model.addMood ("Tom", "loud")); // from now on it is Tom's own
    CHECK (cast.voices() == "Tom=Ben(loud)Ben *=Ben");
}

TEST_CASE ("A cast is taken to another project, in one step", "[plugin][cast]")
{
    Casting cast ("Tom: 1\nEve: 2\n");
    cast.does (cast.model.chooseVoice ("Tom", {}, { "mine", "/voices/mine.wav" }));
    cast.does (cast.model.setGain ("Eve", -3.0));
    const auto file = cast.model.toFile();
    REQUIRE (file.members.size() == 2);

    Casting other ("Eve: 1\nTom: 2\nBen: 3\n");
    CHECK (other.voices() == "Eve=Anna Tom=Clara Ben=Ben");
    other.does (CastModel::fromFile (file));
    CHECK (other.voices() == "Eve=Ben Tom=mine.wav Ben=Ben"); // Eve's was given there, and is chosen here
    CHECK (other.of ("Eve").isChosen);
    CHECK (other.of ("Eve").gainDb == -3.0);
    CHECK (other.project.undoName() == "Load Cast");
    REQUIRE (other.project.undo());
    other.show();
    CHECK (other.voices() == "Eve=Anna Tom=Clara Ben=Ben");
    auto damaged = file;
    damaged.members[1].gainDb = 99.0;
    CHECK_FALSE (other.project.edit (CastModel::fromFile (damaged)));
    CHECK (other.voices() == "Eve=Anna Tom=Clara Ben=Ben"); // nothing of it
}
