// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Project/Casting.h"
#include "Project/File/Headless/Manifest.h"
#include "Project/Passages.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::project;
using Catch::Contains;
using Json = nlohmann::json;

namespace
{
Json line (const std::string& id, const std::string& speaker, const std::string& text)
{
    return { { "id", id }, { "speaker", speaker }, { "text", text } };
}

Json gate()
{
    return { { "tableread_manifest", 1 },
             { "voices",
               { { "Anna", "voices/anna.wav" },
                 { "Ben", { { "", "ben.flac" }, { "whispering", "/soft/ben.wav" } } },
                 { "*", "clara" } } },
             { "lines",
               { line ("gate_010", "Anna", "Who is\n  there?"), line ("gate_020", "BEN", "(sighs) Me."),
                 line ("gate_030", "Old Tom", "No: nobody.") } } };
}

Result<Manifest> read (const Json& json)
{
    return parseManifest (json.dump(), "game.json", "/game");
}

/** Why it was refused. */
std::string refused (const Json& json)
{
    const auto manifest = read (json);
    if (manifest)
        return "it was not";
    CHECK (manifest.error().code == ErrorCode::InvalidInput);
    return manifest.error().text();
}

/** With another line at the end. */
std::string refusedLine (const Json& last)
{
    auto json = gate();
    json["lines"].push_back (last);
    return refused (json);
}
} // namespace

TEST_CASE ("A manifest becomes a document whose lines are spoken one by one", "[source][project][manifest]")
{
    auto json = gate();
    json["lines"][1]["direction"] = "whispering";
    json["lines"][1]["text"] = "Me.";
    json["lines"][2]["seed"] = 18'446'744'073'709'551'615u;
    json["seed"] = 7;
    json["steps"] = 4;
    json["cfg_scale"] = 1.5;
    json["lines"][0]["quest"] = "a column of the game's own";
    const auto manifest = read (json);
    REQUIRE (manifest);
    const auto& document = *manifest->document;
    CHECK (document.settings.seed == 7);
    CHECK (document.settings.steps == 4);
    CHECK (document.settings.guidanceScale == 1.5f);
    REQUIRE (document.lines.size() == 3);
    CHECK (passagesOf (document).size() == 3);
    CHECK (document.lines[0]->text == "Who is there?");
    CHECK (document.lines[1]->text == "Me.");
    CHECK (document.lines[1]->direction == "whispering");
    CHECK (document.lines[2]->speaker == "Old Tom");
    CHECK (document.lines[2]->text == "No: nobody.");

    REQUIRE (manifest->lines.size() == 3);
    CHECK (manifest->lines[0].id == "gate_010");
    CHECK_FALSE (manifest->lines[0].seed);
    CHECK (manifest->lines[2].seed == 18'446'744'073'709'551'615u);

    const auto voice = [&] (std::size_t place) {
        return partOf (document, *document.lines[place]).mood->voice;
    };
    CHECK ((voice (0) == VoiceReference { "anna", "/game/voices/anna.wav" }));
    CHECK ((voice (1) == VoiceReference { "ben", "/soft/ben.wav" }));
    CHECK ((voice (2) == VoiceReference { "clara", {} }));
}

TEST_CASE ("A direction in a manifest's text is read as in a script", "[source][project][manifest]")
{
    const auto manifest = read (gate());
    REQUIRE (manifest);
    CHECK (manifest->document->lines[1]->text == "Me.");
    CHECK (manifest->document->lines[1]->direction == "sighs");
}

TEST_CASE ("A manifest that cannot be used is refused with its line and field", "[source][project][manifest]")
{
    const auto noVoices = [] {
        auto json = gate();
        json.erase ("voices");
        return json;
    };
    CHECK (refused (noVoices()) ==
           "game.json: voices: an object with a voice for each speaker is expected here.");
    CHECK (refusedLine (line ("gate_010", "Anna", "Again.")) ==
           "game.json: lines: \"gate_010\" is there twice.");
    CHECK_THAT (refusedLine (line ("GATE_010", "Anna", "Again.")), Contains ("is there twice"));
    CHECK_THAT (refusedLine (line ("x", "Anna", " \n")),
                Contains ("game.json: lines[3].text: \"x\" cannot be"));
    CHECK_THAT (refusedLine (line ("x", "", "Yes.")), Contains ("lines[3].speaker"));
    CHECK_THAT (refusedLine (line ("x", "Anna", "[pause 300ms] Yes.")), Contains ("lines[3].text"));
    CHECK_THAT (refusedLine (line ("x", "Anna", "Yes. [pause 300ms] No.")), Contains ("lines[3].text"));
    CHECK_THAT (refusedLine (line ("x", "An:na", "Yes.")), Contains ("lines[3].speaker"));
    CHECK_THAT (refusedLine ({ { "id", "x" }, { "speaker", "Anna" }, { "text", 7 } }),
                Contains ("lines[3].text: a string is expected"));
    CHECK_THAT (refusedLine ({ { "id", "x" }, { "speaker", "Anna" }, { "text", "Yes." }, { "seed", -1 } }),
                Contains ("lines[3].seed"));
    for (const auto* id : { "", "../x", "a/b", "a\\b", ".x", "x.", " x", "a:b", "a*", "a\nb" })
        CHECK_THAT (refusedLine (line (id, "Anna", "Yes.")),
                    Contains ("lines[3].id") && Contains ("name a file"));

    auto json = gate();
    json["lines"][1]["text"] = "Yes. [pause 300ms] No.";
    CHECK_THAT (refused (json), Contains ("lines[1].text: \"gate_020\""));
    json = gate();
    json["lines"][1]["text"] = "[pause 300ms]";
    CHECK_THAT (refused (json), Contains ("lines[1].text: \"gate_020\""));
    json = gate();
    json["voices"].erase ("*");
    CHECK (refused (json) ==
           "game.json: lines[2].speaker: \"Old Tom\" has no voice. Give it one in \"voices\".");
    json = gate();
    json["voices"]["ANNA"] = "anna";
    CHECK_THAT (refused (json), Contains ("voices: ") && Contains ("is there twice"));
    json = gate();
    json["voices"]["Ben"].erase ("");
    CHECK_THAT (refused (json), Contains ("voices.\"Ben\"") && Contains ("without a direction"));
    json = gate();
    json["voices"]["Anna"] = "";
    CHECK_THAT (refused (json), Contains ("voices.\"Anna\": a recording's path"));
    json = gate();
    json["lines"] = Json::array();
    CHECK (refused (json) == "game.json: lines: there is no line to speak.");
    json = gate();
    json["steps"] = 0;
    CHECK_THAT (refused (json), Contains ("steps: 0 is not between 1 and 1000."));
    CHECK_THAT (refused (Json::object()), Contains ("tableread_manifest: a manifest's version is missing"));

    const auto newer = parseManifest (R"({"tableread_manifest": 2})", "game.json", "/");
    REQUIRE_FALSE (newer);
    CHECK (newer.error().code == ErrorCode::Unsupported);
    const auto cut = parseManifest ("{\n\"tableread_manifest\": 1,\n\"lines\": [", "game.json", "/");
    REQUIRE_FALSE (cut);
    CHECK (cut.error().text() == "game.json: it is not JSON, see line 3.");
}

TEST_CASE ("A manifest's file is known by its name, and its recordings lie beside it",
           "[source][project][manifest]")
{
    CHECK (isManifest ("a/game.json"));
    CHECK (isManifest ("GAME.JSON"));
    CHECK_FALSE (isManifest ("scene.tableread"));
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "game.json";
    std::ofstream (file) << gate().dump();
    const auto manifest = readManifest (file);
    REQUIRE (manifest);
    CHECK (manifest->document->cast.size() == 3);
    CHECK (partOf (*manifest->document, *manifest->document->lines[0]).mood->voice.path ==
           folder.path() / "voices/anna.wav");
    CHECK (readManifest (folder.path() / "none.json").error().code == ErrorCode::NotFound);
}
