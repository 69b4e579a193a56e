// SPDX-License-Identifier: Apache-2.0
#include "Import/Import.h"

#include <fstream>

#include <catch2/catch.hpp>

#include "Import/Format.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
/** The format's name in the refusal, or "text". */
std::string formatOf (const std::string& text)
{
    return nameOf (recogniseFormat (text));
}

const std::string srt = "1\n00:00:01,000 --> 00:00:04,000\nHello.\n\n2\n00:00:05,000 --> 00:00:06,000\nHi.\n";
const std::string fountain =
    "Title: The Read\nAuthor: A. Marsh\n\nFADE IN:\n\nINT. HALL - DAY\n\nA table.\n\n"
    "ANNA\n(softly)\nGood morning.\n\nBEN (O.S.)\nIs it?\n\nCUT TO:\n\nEXT. STREET - NIGHT\n\nRain.\n";
} // namespace

TEST_CASE ("The demo script reads without a note", "[source][import]")
{
    const auto script = readScript (TABLEREAD_ROOT "/Assets/demo/script.txt").value();
    CHECK (script.notes.empty());
    CHECK (script.speakers.size() == 2);
    CHECK (script.scenes.size() == 1);
    CHECK (script.lines.size() >= 8);
}

TEST_CASE ("A script file that cannot be read is named", "[source][import]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "play.txt";
    CHECK (readScript (file).error().text() == file.string() + ": does not exist. Check the path.");
    CHECK (readScript (folder.path()).error().message == "is a folder. Give a text file.");
    CHECK (readScript ("/proc/self/mem").error().text() ==
           "/proc/self/mem: cannot be read: Input/output error. Give a text file.");
    CHECK (readScript ("/proc/self/mem").error().code == ErrorCode::Io);

    std::ofstream (file) << "# nothing\n";
    CHECK (readScript (file).error().where == file.string());
    std::ofstream (file) << "Anna: Hello.\n";
    CHECK (readScript (file).value().lines.at (0).text == "Hello.");
    CHECK (readScript ("/dev/zero").error().code == ErrorCode::OutOfRange);
}

TEST_CASE ("Other formats are told by what is in them", "[source][import]")
{
    CHECK (formatOf (srt) == "SRT subtitles");
    CHECK (formatOf ("\xef\xbb\xbf\r\n\r\n1\r\n0:00:01.5 --> 0:00:04.0\r\nHello.\r\n") == "SRT subtitles");
    CHECK (formatOf ("00:00:01,000 --> 00:00:04,000 X1:40 X2:600\nHello.\n") == "SRT subtitles");
    CHECK (formatOf ("WEBVTT\n\n00:01.000 --> 00:04.000\n<v Anna>Hello.\n") == "WebVTT subtitles");
    CHECK (formatOf ("\xef\xbb\xbfWEBVTT - A title") == "WebVTT subtitles");
    CHECK (formatOf ("<?xml version=\"1.0\"?>\n<!-- x -->\n<FinalDraft DocumentType=\"Script\">\n") ==
           "a Final Draft screenplay (FDX)");
    for (const auto* json :
         { "{\"speaker\": \"Anna\", \"text\": \"Hello.\"}", "[\n  {\n    \"speaker\": \"Anna\"",
           "[\"Anna: Hello.\", \"Ben: Hi.\"]", "{}", "[[\"Anna\", \"Hello.\"]]" })
        CHECK (formatOf (json) == "JSON");
    CHECK (formatOf (fountain) == "a Fountain screenplay");
    CHECK (formatOf ("ANNA\nGood morning.\n\nBEN\n(softly)\nIs it?\n\nANNA\nIt is.\n") ==
           "a Fountain screenplay");
    CHECK (formatOf ("EXT. SEA - DAY\n\nWaves.\n\n@McCLANE\nHello.\n\n> SMASH CUT TO:\n") ==
           "a Fountain screenplay");
    CHECK (formatOf ("Waves.\n\nCUT TO:\n\nMARY ANN (CONT'D)\nHello.\n") == "a Fountain screenplay");
}

TEST_CASE ("A script that only looks a little like another format is read", "[source][import]")
{
    for (const auto* text : { "Anna: Hello.\nBen: Hi.\n", "[Anna] Hello.\n[Ben] Hi.\n", "1\nAnna: One.\n",
                              "[\"What?\" she said]\n", "{Anna} Hello.\n", "[\"No\", she says]\n",
                              "晨\n走\n\n晨\n来\n\n晚\n睡\n", "WEBVTTS are many.\n", "<Anna> FinalDraft\n",
                              "10:30 --> he left\n", "00:00:01 Anna: Hello.\n",
                              "INT. HALL - DAY\n\nAnna: Hello.\nBen: Hi.\n\nCUT TO:\n\nAnna: Bye.\n",
                              "MINUTES\nPresent were all.\n\nBUDGET\nApproved.\n\nEND\nAt ten.\n", "" })
    {
        CAPTURE (text);
        CHECK (formatOf (text) == "text");
    }
    CHECK (readScript (TABLEREAD_ROOT "/Tests/Data/script/prose.txt").has_value());
}

TEST_CASE ("Another format is refused by its name unless it is to be read as text",
           "[source][import][errors]")
{
    const auto refused = importScript (srt, { .textOption = "--as text" });
    REQUIRE (! refused);
    CHECK (importScript (srt).error().message ==
           "this looks like SRT subtitles, which cannot be read yet. Write lines such as \"Anna: Hello.\"");
    CHECK (refused.error().code == ErrorCode::Unsupported);
    CHECK (
        refused.error().message ==
        "this looks like SRT subtitles, which cannot be read yet. Write lines such as \"Anna: Hello.\", or "
        "give --as text if it is a plain script.");
    CHECK (importScript (srt, { .asText = true }).has_value());

    const auto screenplay =
        importScript (fountain, { .rules = { .knownSpeakers = { "CUT TO", "FADE IN" } }, .asText = true });
    REQUIRE (screenplay);
    for (const auto& speaker : screenplay->speakers)
        CHECK (speaker.name.find (" TO") == std::string::npos);
}
