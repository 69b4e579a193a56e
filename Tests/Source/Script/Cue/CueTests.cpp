// SPDX-License-Identifier: Apache-2.0
#include "Script/Cue/Cue.h"

#include <catch2/catch.hpp>

#include "Script/Text.h"

using namespace tableread;
using Kind = Cue::Kind;

namespace
{
/** "Certain|name|direction|text", or "no cue". */
std::string describe (const std::string& utf8)
{
    const auto line = decodeUtf8 (utf8).value();
    const auto cue = findCue (line);
    if (! cue)
        return "no cue";
    const auto* kind = cue->kind == Kind::Certain     ? "Certain"
                       : cue->kind == Kind::Lowercase ? "Lowercase"
                                                      : "Glued";
    return std::string (kind) + "|" + encodeUtf8 (cue->name) + "|" + encodeUtf8 (cue->direction) + "|" +
           encodeUtf8 (cue->text);
}
} // namespace

TEST_CASE ("A cue is a name, a colon and text", "[source][script]")
{
    CHECK (describe ("Anna: Hello.") == "Certain|Anna||Hello.");
    CHECK (describe ("ANNA:Hello.") == "Certain|ANNA||Hello.");
    CHECK (describe ("Anna : Hello: you") == "Certain|Anna||Hello: you");
    CHECK (describe ("Anna:") == "Certain|Anna||");
    CHECK (describe ("Anna: \"Hello\"") == "Certain|Anna||\"Hello\"");
    CHECK (describe ("Anna:\"Hello\"") == "Certain|Anna||\"Hello\"");
    CHECK (describe ("Anna:[pause 1s] Hi") == "Certain|Anna||[pause 1s] Hi");
    CHECK (describe ("Old   Man: x") == "Certain|Old Man||x");
    CHECK (describe ("Ludwig van Beethoven: x") == "Certain|Ludwig van Beethoven||x");
    CHECK (describe ("Anna and Ben: x") == "Certain|Anna and Ben||x");
    CHECK (describe ("Dr. Watson: x") == "Certain|Dr. Watson||x");
    CHECK (describe ("O'Neil: x") == "Certain|O'Neil||x");
    CHECK (describe ("Jean-Luc: x") == "Certain|Jean-Luc||x");
    CHECK (describe ("Guard #2: x") == "Certain|Guard #2||x");
    CHECK (describe ("R2-D2: x") == "Certain|R2-D2||x");
    CHECK (describe ("Élodie: x") == "Certain|Élodie||x");
    CHECK (describe ("Анна: x") == "Certain|Анна||x");
    CHECK (describe ("安娜：你好") == "Certain|安娜||你好");
    CHECK (describe ("安娜：10点了") == "Certain|安娜||10点了");
    CHECK (describe ("アンナ: x") == "Certain|アンナ||x");
    CHECK (describe ("नरेन्द्र: x") == "Certain|नरेन्द्र||x");
}

TEST_CASE ("A cue may have a direction in parentheses", "[source][script]")
{
    CHECK (describe ("Anna (whispering): Hello.") == "Certain|Anna|whispering|Hello.");
    CHECK (describe ("Anna (at 10:30) : Hello.") == "Certain|Anna|at 10:30|Hello.");
    CHECK (describe ("(whispering): Hello.") == "no cue");
    CHECK (describe ("Anna (whispering: Hello.") == "no cue");
}

TEST_CASE ("Speaker N is a cue in any case", "[source][script]")
{
    CHECK (describe ("Speaker 1: Hello.") == "Certain|Speaker 1||Hello.");
    CHECK (describe ("speaker 1: Hello.") == "Certain|Speaker 1||Hello.");
    CHECK (describe ("SPEAKER  007 :Hello.") == "Certain|Speaker 7||Hello.");
    CHECK (describe ("Speaker 1:10 o'clock") == "Certain|Speaker 1||10 o'clock");
    CHECK (describe ("speaker one: Hello.") == "no cue");

    CHECK (speakerNumber (U"Speaker 12") == 12);
    CHECK (! speakerNumber (U"Speaker"));
    CHECK (! speakerNumber (U"Speaker 1234567890"));
    CHECK (! speakerNumber (U"Speaker ٣"));
    CHECK (! speakerNumber (U"Loudspeaker 3"));
}

TEST_CASE ("Ordinary text with a colon is not a cue", "[source][script]")
{
    for (const char* line : { "He said: go",
                              "and then he said: go",
                              "At ten he said: go",
                              "10:30",
                              "10:30 is late",
                              "It is 10:30 now",
                              "see http://example.org",
                              "Well, Anna: come",
                              "\"Anna\": no",
                              "Is it so? Anna: yes",
                              "Listen. Anna: hark",
                              "- Anna: x",
                              "1: x",
                              ": x",
                              "no colon",
                              "",
                              "There Were Six Words In It: x",
                              "one two: x",
                              "the: x",
                              "of: x",
                              "A name that goes on and on for far too long, so: x",
                              "Thisisonewordwithacapitalandmorethanfortyletters: x",
                              "他昨天晚上在家里对我说了这样的一句话：走" })
    {
        CAPTURE (line);
        CHECK (describe (line) == "no cue");
    }
}

TEST_CASE ("A cue that only other lines can confirm is marked as such", "[source][script]")
{
    CHECK (describe ("anna: hi") == "Lowercase|anna||hi");
    CHECK (describe ("remember: never") == "Lowercase|remember||never");
    CHECK (describe ("Rev 3:16") == "Glued|Rev 3||16");
    CHECK (describe ("Anna:10 o'clock") == "Glued|Anna||10 o'clock");
    CHECK (describe ("http://example.org") == "Glued|http||//example.org");
    CHECK (describe ("C:\\temp") == "Glued|C||\\temp");
    CHECK (describe ("std::vector") == "Glued|std||:vector");
    CHECK (describe ("Hello Anna:)") == "Glued|Hello Anna||)");
}
