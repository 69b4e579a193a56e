// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Engine/Command/CommandFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;
using Json = nlohmann::json;
using Row = std::tuple<int, std::string, std::string>; // source line, speaker, text

namespace
{
struct CheckFixture : CommandFixture
{
    /** The output of `render SCRIPT --check --json …`. */
    Json check (const std::string& script, std::vector<std::string> more = {}, int code = 0)
    {
        std::vector<std::string> arguments { "render", script, "--check", "--json" };
        arguments.insert (arguments.end(), more.begin(), more.end());
        const auto outcome = run (arguments);
        CHECK (outcome.code == code);
        CHECK (outcome.err.empty());
        return Json::parse (outcome.out);
    }
};

std::vector<Row> rowsOf (const Json& check)
{
    std::vector<Row> rows;
    for (const auto& line : check.at ("lines"))
    {
        rows.emplace_back (line.at ("line"), line.at ("speaker"), line.at ("text"));
        CHECK (line.at ("direction") == "");
        CHECK (line.at ("pause_before_ms") == 0);
    }
    return rows;
}

/** Tests/Data/script/official/NAME.json: [source line, number of the speaker, text] for each line. */
std::vector<Row> expectedRows (const std::filesystem::path& file)
{
    std::ifstream in (file);
    std::vector<Row> rows;
    for (const auto& row : Json::parse (in))
        rows.emplace_back (row.at (0), "Speaker " + std::to_string (row.at (1).get<int>()), row.at (2));
    return rows;
}

constexpr auto scene = "# A draft.\n== The read ==\nAnna (softly): Good morning.\n[pause 1.5s]\n"
                       "Ben: (yawns) Is it?\nHe said: no.\n(She sits.)\n[pause 1s]\n";
} // namespace

TEST_CASE ("Check is right in every line of scripts like the official examples", "[engine][command][check]")
{
    CheckFixture engine;
    int scripts = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator (TABLEREAD_ROOT "/Tests/Data/script/official"))
    {
        if (entry.path().extension() != ".txt")
            continue;
        CAPTURE (entry.path());
        ++scripts;
        const auto check = engine.check (entry.path().string(), { "--typography", "demo" });
        const auto expected = expectedRows (std::filesystem::path (entry.path()).replace_extension (".json"));
        CHECK (rowsOf (check) == expected);
        std::set<std::string> speakers;
        for (const auto& row : expected)
            speakers.insert (std::get<1> (row));
        CHECK (check.at ("speakers").size() == speakers.size());
        CHECK (check.at ("refusals").empty());
    }
    CHECK (scripts == 10);
}

TEST_CASE ("Check is right in every line of a script of 45 minutes", "[engine][command][check]")
{
    CheckFixture engine;
    const std::string typed = "It’s the same as before, isn’t it: the one who’s asked doesn’t know.",
                      read = "It's the same as before, isn't it: the one who's asked doesn't know.",
                      more = "And so on, until 10:30.";
    std::string script;
    std::vector<Row> expected;
    std::size_t letters = 0;
    for (int turn = 0, line = 1; static_cast<double> (letters) / 14 < 45 * 60; ++turn)
    {
        const auto speaker = "Speaker " + std::to_string (turn % 4 + 1);
        const auto number = std::to_string (turn) + ". ";
        script.append (speaker).append (": ").append (number).append (typed).append ("\n");
        script.append (turn % 3 == 0 ? more + "\n" : "").append (turn % 2 == 0 ? "\n" : "");
        expected.emplace_back (line, speaker, number + read + (turn % 3 == 0 ? " " + more : ""));
        letters += std::get<2> (expected.back()).size();
        line += 1 + (turn % 3 == 0 ? 1 : 0) + (turn % 2 == 0 ? 1 : 0);
    }
    const auto check = engine.check (engine.write ("long.txt", script), { "--typography", "demo" });
    CHECK (rowsOf (check) == expected);
    CHECK (check.at ("speech_seconds").get<double>() == Approx (static_cast<double> (letters) / 14.0));
}

TEST_CASE ("Check tells programs who says what, with which voice, and what is not spoken",
           "[engine][command][check]")
{
    CheckFixture engine;
    const auto script = engine.write ("scene.txt", scene);
    const auto check = engine.check (script);
    CHECK (check.at ("schema") == "tableread-check");
    CHECK (check.at ("version") == 1);
    CHECK (check.at ("script") == script);
    CHECK (check.at ("typography") == "full"); // the embedded model's tokenizer has bytes only
    CHECK (check.at ("speakers") ==
           Json::parse (R"([{"name": "Anna", "lines": 1, "voice": "anna", "file": ")" +
                        (engine.model() / "voices/anna.flac").string() +
                        R"("}, {"name": "Ben", "lines": 1, "voice": "ben", "file": ")" +
                        (engine.model() / "voices/ben.flac").string() + R"("}])"));
    CHECK (check.at ("scenes") == Json::parse (R"([{"title": "The read", "line": 2}])"));
    const auto& lines = check.at ("lines");
    REQUIRE (lines.size() == 2);
    CHECK (lines[0].at ("direction") == "softly");
    CHECK (lines[0].at ("estimated_seconds").get<double>() == Approx (13 / 14.0));
    CHECK (lines[1] == Json { { "line", 5 },
                              { "scene", 0 },
                              { "speaker", "Ben" },
                              { "text", "Is it? He said: no." },
                              { "direction", "yawns" },
                              { "pause_before_ms", 1500 },
                              { "estimated_seconds", 19 / 14.0 } });
    CHECK (check.at ("pause_after_ms") == 1000);
    CHECK (check.at ("estimated_seconds").get<double>() == Approx (32 / 14.0 + 2.5));
    const auto talk = engine.write ("talk.txt", "Anna: One.\nAnna: Two.\nBen: Three.\n");
    CHECK (engine.check (talk, { "--gap", "line=100,speaker=700" }).at ("estimated_seconds").get<double>() ==
           Approx (14 / 14.0 + 0.8));
    CHECK (check.at ("comments") == 1);
    CHECK (check.at ("directions") ==
           Json::parse (R"([{"line": 3, "text": "softly"}, {"line": 5, "text": "yawns"},
                            {"line": 7, "text": "She sits."}])"));
    const auto& notes = check.at ("notes");
    REQUIRE (notes.size() == 3);
    CHECK (notes[1].at ("line") == 6);
    CHECK (notes[1].at ("kind") == "not_a_speaker");
    CHECK (check.at ("refusals").empty());
    CHECK (engine.files() == std::vector<std::string> { "scene.txt", "talk.txt" });
}

TEST_CASE ("Check reads no weights and writes nothing", "[engine][command][check]")
{
    CheckFixture engine;
    engine.control->failToLoad = true;
    const auto outcome = engine.run ({ "render", engine.write ("scene.txt", scene), "--check", "-o",
                                       engine.path ("scene.wav"), "--stems", engine.path ("stems") });
    CHECK (outcome.code == 0);
    CHECK (engine.files() == std::vector<std::string> { "scene.txt" });
}

TEST_CASE ("Check tells people the same", "[engine][command][check]")
{
    CheckFixture engine;
    const auto outcome = engine.run ({ "render", engine.write ("scene.txt", scene), "--check" });
    CHECK (outcome.code == 0);
    CHECK_THAT (outcome.out, Contains ("2 lines, 2 speakers, about 0:02 of speech and 0:02 of pauses") ||
                                 Contains ("2 lines, 2 speakers, about 0:02 of speech and 0:03 of pauses"));
    CHECK_THAT (outcome.out, Contains ("1 comment left out") && Contains ("Anna: 1 line, voice anna") &&
                                 Contains ("== The read ==") && Contains ("3 Anna (softly): Good morning.") &&
                                 Contains ("[pause 1.5 s]") && Contains ("5 Ben (yawns): Is it?") &&
                                 Contains ("line 6: \"He said\" is spoken as text") &&
                                 Contains ("Nothing would be refused."));
}

TEST_CASE ("Check lists what render would refuse, and ends with 2", "[engine][command][check][errors]")
{
    CheckFixture engine;
    const auto script = engine.write ("scene.txt", scene);
    CHECK (engine.check (script, { "--voice", "Anna=ben" }).at ("speakers")[0].at ("voice") == "ben");
    const auto two = engine.write ("two.txt", "Anna: One.\nMarlene: Two.\n");
    const auto missing = engine.check (two, { "--voice", "Anna=nowhere.wav" }, 2);
    CHECK (missing.at ("speakers")[1].at ("voice").is_null());
    CHECK (missing.at ("refusals").size() == 2);
    CHECK_THAT (missing.at ("refusals").dump(), Contains ("Marlene") && Contains ("nowhere.wav"));
    const auto outcome = engine.run ({ "render", two, "--check", "--voice", "Anna=nowhere.wav" });
    CHECK_THAT (outcome.out,
                Contains ("render would refuse this:") && Contains ("Marlene: 1 line, no voice"));
}

TEST_CASE ("An option --voice makes a speaker of what else is text, and * casts everybody who is not named",
           "[engine][command][check]")
{
    CheckFixture engine;
    const auto script = engine.write ("talk.txt", "Clara: One.\nold man: Two.\n[Eve] Three.\nOlga: Four.\n");
    const auto cast = [] (const Json& check) {
        std::string all;
        for (const auto& speaker : check.at ("speakers"))
            all +=
                speaker.at ("name").get<std::string>() + '=' + speaker.at ("voice").get<std::string>() + ' ';
        return all;
    };
    CHECK (cast (engine.check (script, { "--voice", "*=anna" })) == "Clara=anna Olga=anna ");
    CHECK (cast (engine.check (script, { "--voice", "*=anna", "--voice", "OLD MAN=ben", "--voice",
                                         "eve=david" })) == "Clara=anna old man=ben Eve=david Olga=anna ");
}

TEST_CASE ("How a script is read can be chosen", "[engine][command][check]")
{
    CheckFixture engine;
    const auto textOf = [&engine] (const std::string& script, std::vector<std::string> more) {
        return engine.check (engine.write ("script.txt", script), std::move (more))
            .at ("lines")[0]
            .at ("text")
            .get<std::string>();
    };
    CHECK (textOf ("Anna: It’s “so”.\n", { "--typography", "auto" }) == "It's \"so\".");
    CHECK (textOf ("Anna: It’s “so”.\n", { "--typography", "demo" }) == "It's “so”.");
    CHECK (textOf ("Anna: It’s “so”.\n", { "--typography", "off" }) == "It’s “so”.");
    CHECK (textOf ("Anna: (laughs) Yes.\n", { "--speak-directions" }) == "(laughs) Yes.");

    const auto srt = engine.write ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello.\n");
    const auto refused = engine.run ({ "render", srt, "--check" });
    CHECK (refused.code == 2);
    CHECK_THAT (refused.err, Contains ("SRT subtitles") && Contains ("--as text"));
    CHECK (engine.check (srt, { "--as", "text" }).at ("lines").size() == 1);
}

TEST_CASE ("Render reads a script as check does, and its summary counts comments", "[engine][command][check]")
{
    CheckFixture engine;
    const auto script = engine.write ("talk.txt", "# One.\n#Anna: two\n- Anna: It’s “so”.\n[Eve] Hi.\n");
    const std::vector<std::string> options { "--voice", "*=anna", "--voice", "eve=ben" };
    const auto check = engine.check (script, options);
    std::vector<std::string> arguments { "render", script, "-o", engine.path ("out.wav"), "--json" };
    arguments.insert (arguments.end(), options.begin(), options.end());
    const auto outcome = engine.run (arguments);
    REQUIRE (outcome.code == 0);
    CHECK_THAT (outcome.err, Contains ("2 comments were left out."));
    const auto report = Json::parse (outcome.out);
    CHECK (report.at ("comments") == 2);
    REQUIRE (report.at ("passages").size() == check.at ("lines").size());
    for (std::size_t i = 0; i < check.at ("lines").size(); ++i)
    {
        CHECK (report["passages"][i]["lines"][0] == check["lines"][i]["line"]);
        CHECK (report["passages"][i]["speakers"][0] == check["lines"][i]["speaker"]);
    }
}

TEST_CASE ("Check reads recordings in their process too", "[engine][command][check]")
{
    CommandFixture engine;
    engine.recordingReader = engine.path ("nowhere");
    const auto outcome = engine.run ({ "render", engine.write ("s.txt", "Anna: Hi.\n"), "--check" });
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.out, Contains ("the program that reads recordings cannot be started"));
}
