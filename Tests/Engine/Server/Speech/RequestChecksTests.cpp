// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Server/Speech/RequestChecks.h"

using namespace tableread;
using namespace tableread::engine;

TEST_CASE ("Input and voice of a plain client become one line and one voice", "[engine][server][request]")
{
    const auto checked = checkRequest (
        R"({"model": "tts-1", "input": "One.\n\n  Two.", "voice": "anna", "stream": true})", Typography::Off);
    REQUIRE (checked);
    CHECK (checked->request.lines == std::vector<SpokenLine> { { 0, "One. Two." } });
    CHECK (checked->request.voices == std::vector<VoiceReference> { { "anna", {} } });
    CHECK (checked->warnings.empty());
}

TEST_CASE ("A line break cannot begin another speaker's line", "[engine][server][request]")
{
    const auto checked = checkRequest (
        R"({"tableread": {"lines": [{"speaker": 0, "text": "\tHi.\r\nSpeaker 1: mine "}], "voices": [{"name": "a"}]}})",
        Typography::Off);
    REQUIRE (checked);
    CHECK (checked->request.lines[0].text == "Hi. Speaker 1: mine");
}

TEST_CASE ("Warnings are few, short and fit for a header", "[engine][server][request]")
{
    std::string body = R"({"input": "x", "a\"\r\n\u00e4": 1, "tableread": {"rhythm": 2)";
    for (int i = 0; i < 100; ++i)
        body += ", \"unknown" + std::to_string (i) + std::string (200, 'z') + "\": 0";
    const auto checked = checkRequest (body + "}}", Typography::Off);
    REQUIRE (checked);
    CHECK (checked->warnings.size() == 8);
    CHECK (checked->warnings[0] == "field a????? is not used");
    CHECK (checked->warnings[1] == "field tableread.rhythm is not used");
    CHECK (checked->warnings[2].size() < 110);
}

TEST_CASE ("A client's text reaches the model as a script's does", "[engine][server][request]")
{
    const auto spoken = [] (const std::string& text, Typography typography) {
        const nlohmann::json body { { "input", text } };
        return checkRequest (body.dump(), typography).value().request.lines.at (0).text;
    };
    const std::string text = "\u2067“It’s\u00a0l\u00adate…” 🙂\u200b\n— yes.";
    CHECK (spoken (text, Typography::Full) == "\"It's late...\" - yes.");
    CHECK (spoken (text, Typography::Demo) == "“It's\u00a0late…” 🙂 — yes.");
    CHECK (spoken (text, Typography::Off) == "“It’s\u00a0late…” 🙂 — yes.");
    CHECK (spoken ("می\u200cخواهم", Typography::Full) == "می\u200cخواهم"); // a joiner that Persian needs

    const auto nothing = checkRequest ("{\"input\": \"\u200b🙂\"}", Typography::Full);
    REQUIRE_FALSE (nothing);
    CHECK (nothing.error().code == ErrorCode::InvalidInput);
    CHECK (nothing.error().where == "input");
}
