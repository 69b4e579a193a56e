// SPDX-License-Identifier: Apache-2.0
#include "Project/LineIds.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "Documents.h"

using namespace tableread;
using namespace tableread::project;
using test::documentOf;
using test::idsOf;

namespace
{
using Ids = std::vector<std::uint64_t>;

/** The ids after the script became this one. */
Ids idsAfter (const std::string& before, const std::string& after)
{
    const auto document = withScript (documentOf (before), after).value();
    auto ids = idsOf (document);
    CHECK (document.nextId > *std::max_element (ids.begin(), ids.end()));
    return ids;
}
} // namespace

TEST_CASE ("A line keeps its id when others come, change and go", "[source][project]")
{
    const std::string script = "Anna: One thing.\nBen: Two things.\nAnna: Three things.\n";
    CHECK (idsOf (documentOf (script)) == Ids { 1, 2, 3 });
    CHECK (idsAfter (script, "Ben: Zero.\n" + script) == Ids { 4, 1, 2, 3 });
    CHECK (idsAfter (script, "Anna: One thing.\nBen: Another.\nBen: Two things.\nAnna: Three things.") ==
           Ids { 1, 4, 2, 3 });
    CHECK (idsAfter (script, "Anna: One thing.\nAnna: Three things.\n") == Ids { 1, 3 });
    CHECK (idsAfter (script, "Anna: One thing.\nBen: Two other things.\nAnna: Three things.\n") ==
           Ids { 1, 2, 3 });
    CHECK (idsAfter (script, "# read fast\n== Scene ==\n" + script + "\n\n") == Ids { 1, 2, 3 });
}

TEST_CASE ("A line that is cut and pasted elsewhere keeps its id", "[source][project]")
{
    CHECK (idsAfter ("A: one\nB: two\nC: three\nD: four\n", "C: three\nA: one\nB: two\nD: four\n") ==
           Ids { 3, 1, 2, 4 });
    CHECK (idsAfter ("A: one\nB: two\nC: three\nD: four\n", "D: four\nC: three\nB: two\nA: one\n") ==
           Ids { 4, 3, 2, 1 });
}

TEST_CASE ("A line keeps its id when somebody else says it, or says it otherwise", "[source][project]")
{
    const std::string script = "Anna: I am here.\nBen: So am I.\nAnna: Good.\n";
    CHECK (idsAfter (script, "Clara: I am here.\nBen: So am I.\nClara: Good.\n") == Ids { 1, 2, 3 });
    CHECK (idsAfter (script, "Anna: I am here.\nBen (sadly): So am I.\nAnna: Good.\n") == Ids { 1, 2, 3 });
}

TEST_CASE ("A line between the same neighbours is the same one if its speaker or its words are",
           "[source][project]")
{
    const std::string script = "Anna: First of all.\nBen: Perhaps tomorrow.\nAnna: At last.\n";
    CHECK (idsAfter (script, "Anna: First of all.\nBen: X\nAnna: At last.\n") == Ids { 1, 2, 3 });
    CHECK (idsAfter (script, "Anna: First of all.\nClara: Perhaps tomorrow?\nAnna: At last.\n") ==
           Ids { 1, 2, 3 });
    CHECK (idsAfter (script, "Anna: First of all.\nClara: Quite different words\nAnna: At last.\n") ==
           Ids { 1, 4, 3 });
}

TEST_CASE ("Of several edited lines each is found by its words", "[source][project]")
{
    CHECK (idsAfter ("A: the first line of all\nA: a second one follows\nA: number three is last\n",
                     "A: a new beginning here\nA: the first line of all!\nA: number 3 is last\n") ==
           Ids { 4, 1, 3 });
}

TEST_CASE ("A line that is divided leaves its id with the half that is most like it", "[source][project]")
{
    CHECK (idsAfter ("A: Hello. I have waited for you all day.\nB: Yes.\n",
                     "A: Hello.\n\nI have waited for you all day.\nB: Yes.\n") == Ids { 3, 1, 2 });
}

TEST_CASE ("Lines that are often the same keep their ids around two edits", "[source][project]")
{
    std::string middle;
    for (int i = 0; i < 300; ++i)
        middle += "B: Yes.\nA: Question " + std::to_string (i) + "?\n";
    const auto before = "A: start\n" + middle + "A: end\n";
    const auto after = "A: start\nB: Yes.\nB: Yes.\n" + middle + "B: Yes.\nA: end\nA: more\n";
    const auto ids = idsAfter (before, after);
    REQUIRE (ids.size() == 606);
    CHECK (ids[0] == 1);
    CHECK (ids[1] == 2); // of three times the same, the first is the former one
    CHECK (ids[604] == 602);
    const Ids kept (ids.begin() + 4, ids.begin() + 603);
    Ids expected;
    for (std::uint64_t id = 3; id < 602; ++id)
        expected.push_back (id);
    CHECK (kept == expected);
}

TEST_CASE ("What is not in the script stays with its line", "[source][project]")
{
    auto before = documentOf ("A: one\nB: two\n");
    auto line = *before.lines[1];
    line.anchor = AtSeconds { 12.5 };
    line.isLocked = true;
    line.reroll = 3;
    before.lines[1] = std::make_shared<const Line> (line);
    const auto after = withScript (before, "A: one\n[pause 1s]\nB: two!\nA: zero\n").value();
    REQUIRE (idsOf (after) == Ids { 1, 2, 3 });
    line.text = "two!";
    line.pauseBeforeMs = 1000;
    line.sourceLine = 3;
    CHECK (*after.lines[1] == line);
    CHECK (withScript (before, *before.script + "\n").value().lines[1] == before.lines[1]); // shared
}

TEST_CASE ("A text that is no script is kept without lines", "[source][project]")
{
    const auto text =
        GENERATE (as<std::string> {}, "", "\n \n", "# a comment",
                  "Anna:", "INT. KITCHEN - DAY\n\nANNA\nHello.\n\nCUT TO:\n", "{\"script\": []}");
    CAPTURE (text);
    const auto after = withScript (documentOf ("Anna: Hello.\n"), text);
    REQUIRE (after);
    CHECK (*after->script == text);
    CHECK (after->lines.empty());
    CHECK (after->nextId == 2);
    CHECK_FALSE (scriptOf (*after));
}

TEST_CASE ("What is no text, or too long, is refused", "[source][project][errors]")
{
    const auto before = documentOf ("Anna: Hello.\n");
    CHECK (withScript (before, "Anna: \xff\n").error().code == ErrorCode::InvalidInput);
    CHECK (withScript (before, std::string ("Anna: a\0b\n", 10)).error().code == ErrorCode::InvalidInput);
    CHECK (withScript (before, std::string (mostScriptBytes + 1, 'a')).error().code == ErrorCode::OutOfRange);
}

TEST_CASE ("Who was given a voice by the user is known to be a speaker", "[source][project]")
{
    const std::string script = "Anna: Hello to everybody in this house.\nold man: Good evening.\n";
    auto document = documentOf (script);
    CHECK (test::spokenIn (document) == "Anna: Hello to everybody in this house. old man: Good evening.");
    document = apply (document, SetMember { test::memberWith ("Old Man", { "ben", {} }) }).value();
    CHECK (test::spokenIn (document) == "Anna: Hello to everybody in this house. | old man: Good evening.");
    CHECK (idsOf (document) == Ids { 1, 2 });
}
