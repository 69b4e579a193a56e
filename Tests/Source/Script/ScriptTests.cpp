// SPDX-License-Identifier: Apache-2.0
#include "Script/Script.h"

#include <array>
#include <ctime>

#include <catch2/catch.hpp>

using namespace tableread;
using Strings = std::vector<std::string>;

namespace
{
/** Each line as "Anna: text", with "+500 " in front of it for a pause of 500 ms. */
Strings linesOf (const Script& script)
{
    Strings lines;
    for (const auto& line : script.lines)
        lines.push_back (
            (line.pauseBeforeMs != 0 ? "+" + std::to_string (line.pauseBeforeMs) + " " : std::string()) +
            script.speakers.at ((std::size_t) line.speaker).name + ": " + line.text);
    return lines;
}

Strings linesOf (const std::string& text)
{
    return linesOf (parseScript (text).value());
}

Strings notesOf (const Script& script)
{
    Strings notes;
    for (const auto& note : script.notes)
        notes.push_back (note.sentence());
    return notes;
}

Strings notesOf (const std::string& text)
{
    return notesOf (parseScript (text).value());
}

Strings speakersOf (const std::string& text)
{
    Strings names;
    const auto script = parseScript (text).value();
    for (const auto& speaker : script.speakers)
        names.push_back (speaker.name);
    return names;
}
} // namespace

TEST_CASE ("A script is lines with speakers", "[source][script]")
{
    const auto script = parseScript ("Anna: Hello.\nBen: Hi!\n\nAnna: So?\n").value();

    CHECK (linesOf (script) == Strings { "Anna: Hello.", "Ben: Hi!", "Anna: So?" });
    CHECK (script.speakers.size() == 2);
    CHECK (script.scenes.size() == 1);
    CHECK (script.notes.empty());
    CHECK (script.lines[2].id == 3);
    CHECK (script.lines[2].sourceLine == 4);
}

TEST_CASE ("Lines without a name continue the speaker's text", "[source][script]")
{
    CHECK (linesOf ("Anna: Hello,\nyou there.\n  He said: go,\nat 10:30.\nhttp://example.org\nBen: Yes.") ==
           Strings { "Anna: Hello, you there. He said: go, at 10:30. http://example.org", "Ben: Yes." });
    CHECK (linesOf ("Anna:\nHello.\nBen:\n\nHi.") == Strings { "Anna: Hello.", "Ben: Hi." });
    CHECK (parseScript ("\nAnna:\n\n\nHello.").value().lines[0].sourceLine == 2);
}

TEST_CASE ("A blank line ends a line, but not the speaker's turn", "[source][script]")
{
    CHECK (linesOf ("Anna: One.\nTwo.\n\nThree.\n \t \n\nFour.") ==
           Strings { "Anna: One. Two.", "Anna: Three.", "Anna: Four." });
}

TEST_CASE ("A script may have any line ends, a byte order mark and indents", "[source][script]")
{
    const Strings expected { "Anna: One. Two.", "Ben: Three." };
    CHECK (linesOf ("Anna: One.\nTwo.\n\nBen: Three.") == expected);
    CHECK (linesOf ("Anna: One.\r\nTwo.\r\n\r\nBen: Three.\r\n") == expected);
    CHECK (linesOf ("Anna: One.\rTwo.\r\rBen: Three.\r") == expected);
    CHECK (linesOf ("\xef\xbb\xbf"
                    "Anna: One.\nTwo.\nBen: Three.") == expected);
    CHECK (linesOf ("  Anna: One.\n\tTwo.\t\n\u00a0Ben: \u3000Three.") == expected);
    CHECK (parseScript ("Anna: One.\r\n\r\nBen: Two.").value().lines[1].sourceLine == 3);
}

TEST_CASE ("Titles begin scenes", "[source][script]")
{
    const auto script =
        parseScript ("== First ==\nAnna: One.\n=== Empty ===\n==Third==\nBen: Two.\n====\nBen: Three.")
            .value();

    REQUIRE (script.scenes.size() == 4);
    CHECK (script.scenes[0].title == "First");
    CHECK (script.scenes[1].title == "Empty");
    CHECK (script.scenes[2].title == "Third");
    CHECK (script.scenes[2].sourceLine == 4);
    CHECK (script.scenes[3].title.empty());
    CHECK (script.lines[0].scene == 0);
    CHECK (script.lines[1].scene == 2);
    CHECK (script.lines[2].scene == 3);
    CHECK (script.notes.empty());
}

TEST_CASE ("Text before the first title is a scene of its own", "[source][script]")
{
    const auto script = parseScript ("Anna: One.\n== Next ==\nAnna: Two.").value();
    REQUIRE (script.scenes.size() == 2);
    CHECK (script.scenes[0].title.empty());
    CHECK (script.lines[1].scene == 1);
}

TEST_CASE ("A title that is not closed is spoken, with a note", "[source][script]")
{
    CHECK (linesOf ("Anna: One.\n\n== Next") == Strings { "Anna: One.", "Anna: == Next" });
    CHECK (notesOf ("Anna: One.\n\n== Next") ==
           Strings { "line 3: this is spoken, since a title also ends with ==." });
}

TEST_CASE ("Pauses come before lines, and divide them", "[source][script]")
{
    CHECK (linesOf ("Anna: One.\n[pause 500ms]\nBen: Two.") == Strings { "Anna: One.", "+500 Ben: Two." });
    CHECK (linesOf ("Anna: One. [pause 1.5s] Two.[pause 1s]\nThree.") ==
           Strings { "Anna: One.", "+1500 Anna: Two.", "+1000 Anna: Three." });
    CHECK (linesOf ("Anna: [pause 250ms] One.") == Strings { "+250 Anna: One." });
    CHECK (linesOf ("[pause 250ms] Anna: One.") == Strings { "+250 Anna: One." });
    CHECK (linesOf ("Anna: One.\n[pause 1s] [pause 2s]\n\n[pause 3s]\nTwo.") ==
           Strings { "Anna: One.", "+6000 Anna: Two." });
    CHECK (linesOf ("Anna: One.\n[pause 0s]\nTwo.") == Strings { "Anna: One.", "Anna: Two." });

    const auto script = parseScript ("Anna: One. [pause 1s]\n[pause 200ms]").value();
    CHECK (script.pauseAfterMs == 1200);
    CHECK (script.lines.size() == 1);
}

TEST_CASE ("A pause that is not understood is left out, and one too long is cut, with notes",
           "[source][script]")
{
    const std::string text = "Anna: One [pause x] two [pause 1s] three.\n[pause 900s]\nFour.";
    CHECK (linesOf (text) == Strings { "Anna: One two", "+1000 Anna: three.", "+600000 Anna: Four." });
    CHECK (notesOf (text) ==
           Strings { "line 1: \"[pause x]\" is left out: a pause is written [pause 500ms] or [pause 1.5s].",
                     "line 2: the pause is cut to 10 minutes, the longest there is." });
}

TEST_CASE ("Comments are left out, wherever they are", "[source][script]")
{
    CHECK (linesOf ("# a\nAnna: One,\n  # b\ntwo #3.\n#\n##c") == Strings { "Anna: One, two #3." });
    CHECK (parseScript ("# a\nAnna: One,\n  # b\ntwo #3.\n#\n##c").value().comments == 4);
    CHECK (notesOf ("Anna: One,\n#2") ==
           Strings { "line 2: \"#2\" is spoken: a comment has a space behind its #." });
}

TEST_CASE ("A backslash lets a line be spoken as written", "[source][script]")
{
    CHECK (linesOf ("Anna: One.\n\n\\Note: two.\n\n\\# three\n\n\\== four ==\n\n\\\\ five [pause 1s]") ==
           Strings { "Anna: One.", "Anna: Note: two.", "Anna: # three",
                     "Anna: == four ==", "Anna: \\ five [pause 1s]" });
}

TEST_CASE ("Text without a speaker is Narrator's, with a note", "[source][script]")
{
    const std::string text = "A dark room.\nAnna: Hello.\n== Next ==\nA bright room.\nSo bright.";
    CHECK (linesOf (text) ==
           Strings { "Narrator: A dark room.", "Anna: Hello.", "Narrator: A bright room. So bright." });
    CHECK (notesOf (text) ==
           Strings { "line 1: no speaker is named before this text, so Narrator speaks it.",
                     "line 4: no speaker is named before this text, so Narrator speaks it." });
    CHECK (speakersOf ("Hello.\nnarrator: Hi.") == Strings { "Narrator" });
}

TEST_CASE ("A name without text is left out, with a note", "[source][script]")
{
    const std::string text = "Anna:\nBen: Hi.\nClara:\n== Next ==\nBen: So.\nDavid:";
    CHECK (speakersOf (text) == Strings { "Ben" });
    CHECK (notesOf (text) == Strings { "line 1: Anna has no text here, so this line is left out.",
                                       "line 3: Clara has no text here, so this line is left out.",
                                       "line 6: David has no text here, so this line is left out." });
}

TEST_CASE ("Names that differ in case are one speaker, with a note", "[source][script]")
{
    const std::string text = "Anna: One.\nANNA: Two.\nanna: Three.\nANNA: Four.";
    CHECK (speakersOf (text) == Strings { "Anna" });
    CHECK (notesOf (text) ==
           Strings { "line 2: ANNA is taken for Anna.", "line 3: anna is taken for Anna." });
}

TEST_CASE ("A small word is a name if it opens two lines, or the script", "[source][script]")
{
    CHECK (speakersOf ("anna: One.\nben: Two.\nanna: Three.\nben: Four.") == Strings { "anna", "ben" });
    CHECK (linesOf ("Anna: Go, but\nremember: never look back.") ==
           Strings { "Anna: Go, but remember: never look back." });
    CHECK (speakersOf ("# comment\n\nanna: One.\nremember: Two.") == Strings { "anna" });
    CHECK (linesOf ("Anna: See\nRev 3:16 and\nC:\\temp") == Strings { "Anna: See Rev 3:16 and C:\\temp" });
    CHECK (linesOf ("Anna: See?\nAnna:10 o'clock.") == Strings { "Anna: See?", "Anna: 10 o'clock." });
}

TEST_CASE ("A direction is kept and not spoken", "[source][script]")
{
    const auto script = parseScript ("Anna (whispering): One. [pause 1s] Two.\nThree.").value();
    CHECK (linesOf (script) == Strings { "Anna: One.", "+1000 Anna: Two. Three." });
    CHECK (script.lines[0].direction == "whispering");
    CHECK (script.lines[1].direction.empty());
}

TEST_CASE ("Numbered speakers are in the order of their numbers, without gaps", "[source][script]")
{
    const auto read = [] (const std::string& text) { return parseScript (text).value(); };

    SECTION ("from 1 or from 0, nothing needs saying")
    {
        const auto fromOne = read ("Speaker 2: b\nspeaker 1: a");
        CHECK (linesOf (fromOne) == Strings { "Speaker 2: b", "Speaker 1: a" });
        CHECK (fromOne.lines[0].speaker == 1);
        CHECK (fromOne.notes.empty());
        CHECK (read ("Speaker 0: a\nSpeaker 1: b").notes.empty());
    }
    SECTION ("with gaps, the mapping is reported")
    {
        const auto script = read ("Speaker 7: c\nSpeaker 2: a\nSpeaker 4: b");
        CHECK (script.lines[0].speaker == 2);
        CHECK (script.lines[1].speaker == 0);
        CHECK (
            notesOf (script) ==
            Strings {
                "the model counts speakers without gaps: Speaker 2 is 0, Speaker 4 is 1, Speaker 7 is 2." });
    }
    SECTION ("among names, in order of appearance")
    {
        const auto script = read ("Anna: a\nSpeaker 1: b");
        CHECK (script.lines[0].speaker == 0);
        CHECK (notesOf (script) ==
               Strings { "the model counts speakers without gaps: Anna is 0, Speaker 1 is 1." });
    }
}

TEST_CASE ("A script that cannot be read is refused with one sentence", "[source][script]")
{
    const auto refusal = [] (const std::string& text) { return parseScript (text).error(); };
    const std::string nothing = "the script has nothing to speak. Write a line such as \"Anna: Hello.\"";

    CHECK (refusal ("").message == nothing);
    CHECK (refusal (" \n\t\n\xef\xbb\xbf").message == nothing);
    CHECK (refusal ("# only\n== this ==\n[pause 1s]\n").message == nothing);
    CHECK (refusal ("Anna:\n").message == nothing);
    CHECK (refusal ("Anna: caf\xe9\n").message == "line 1 is not UTF-8. Save the script as UTF-8.");
    CHECK (refusal ("Anna: One.\nTwo \xed\xa0\x80.").message ==
           "line 2 is not UTF-8. Save the script as UTF-8.");
    CHECK (refusal ("\xff\xfe"
                    "A")
               .message == "the script is UTF-16. Save it as UTF-8.");
    CHECK (refusal (std::string ("Anna: One.\nBen: a\0b", 19)).message ==
           "line 2 has a zero byte. Is this a text file?");
    CHECK (refusal ("").code == ErrorCode::InvalidInput);

    CHECK (refusal ("Anna: " + std::string (10'000'000, 'x')).message ==
           "the script is larger than 10 MB. Split it.");
    CHECK (refusal (std::string (100'001, '\n')).message ==
           "the script has more than 100000 lines. Split it.");
    std::string pauses = "Anna: x";
    for (int i = 0; i < 100'001; ++i)
        pauses += "[pause 1ms]x";
    CHECK (refusal (pauses).code == ErrorCode::OutOfRange);
}

TEST_CASE ("Large scripts are read in linear time", "[source][script]")
{
    const std::string unit =
        GENERATE (as<std::string>(), "x", "[", "a: ", "[pause 1s", "A B ", "(", "Anna: one two\n", "\\", "=",
                  "(ab)", "[ab]", "[pause x]", "[pause 1s]", "- Anna: ", "**", "👩 ", "a\u200d", "#Anna",
                  "e\u0301\u0302", "<break ", "\u00ad", "- Anna: one\n", "he said: go\n", "\"");
    CAPTURE (unit);
    std::string text = "Anna: ";
    while (text.size() < 1'000'000)
        text += unit;
    text += "x\n\nAnna: end";

    const auto start = std::clock();
    CHECK (parseScript (text).value_or (Script()).lines.size() != 0);
    CHECK (std::clock() - start < 20 * CLOCKS_PER_SEC); // usually some tenths of a second
}

TEST_CASE ("A script of 10 MB is read in a second or so", "[source][script]")
{
    std::string text;
    for (int line = 0; text.size() < 9'900'000; ++line)
    {
        constexpr std::array<const char*, 6> beginnings { "Anna: ",         "Ben (softly): ", "",
                                                          "[00:01] Anna: ", "He said: ",      "- Clara: " };
        text += beginnings.at ((std::size_t) line % beginnings.size());
        for (int words = 0; words < 8; ++words)
            text += "it’s the table that reads ";
        text += line % 8 == 7 ? "\n\n" : "\n";
    }

    const auto start = std::clock();
    CHECK (parseScript (text).value_or (Script()).speakers.size() == 3);
    CHECK (std::clock() - start < 20 * CLOCKS_PER_SEC); // with a sanitizer
}
