// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Import/Import.h"
#include "Project/File/Place.h"
#include "Project/Requests.h"
#include "Sample.h"

using namespace tableread;
using namespace tableread::project;
using namespace tableread::test;

namespace
{
Content fixtureOf (const std::string& fixture)
{
    auto content = readProject (TABLEREAD_ROOT "/Tests/Data/state/" + fixture);
    REQUIRE (content);
    return *content;
}

/** What the plugin asked for before there were projects: a line, its speaker's voice, and the settings. */
struct OldRequest
{
    std::string text;
    VoiceReference voice;
    std::int64_t pauseBefore = 0; // samples
};

void checkRequests (const Document& document, const std::vector<OldRequest>& expected)
{
    const auto passages = passagesOf (document);
    REQUIRE (passages.size() == expected.size());
    for (std::size_t i = 0; i < passages.size(); ++i)
    {
        CAPTURE (i);
        protocol::SpeechRequest old;
        old.lines = { { 0, expected[i].text } };
        old.voices = { expected[i].voice };
        old.seed = document.settings.seed;
        old.guidanceScale = document.settings.guidanceScale;
        old.steps = document.settings.steps;
        CHECK ((requestOf (document, passages[i]) == old));
        CHECK (passages[i].pauseBefore.value == expected[i].pauseBefore);
        CHECK_FALSE (document.lines[passages[i].first]->anchor);
    }
}
} // namespace

TEST_CASE ("A state of version 1 has the same text, settings and requests as then", "[source][project][v1]")
{
    const auto content = fixtureOf ("v1.json");
    const auto& document = *content.document;
    CHECK (content.notes.empty());
    CHECK (*document.script ==
           "Anna: \"Gr\u00fc\u00dfe\", said the tab\t and the line\nBen: \u3053\u3093\u306b\u3061\u306f");
    CHECK (document.settings.seed == 18'446'744'073'709'551'615u);
    CHECK (document.settings.guidanceScale == 1.75f);
    CHECK (document.settings.steps == 20);
    CHECK (document.settings.engine == "/opt/tableread/bin/tableread-engine");
    CHECK (document.settings.host.rendersAhead);
    CHECK ((document.settings.gaps == Gaps {}));
    REQUIRE (document.cast.size() == 2);
    CHECK (document.cast[0]->isChosen);
    CHECK (document.takes.empty());

    const auto script = importScript (*document.script);
    REQUIRE (script);
    checkRequests (document, { { script->lines[0].text, { "Ada", "/voices/ada.wav" } },
                               { script->lines[1].text, { "david", {} } } });
}

TEST_CASE ("In a state of version 1 speakers keep the voices that they were given", "[source][project][v1]")
{
    // Six speakers, of whom two had a voice chosen; "Tea" is a speaker only because it had one.
    const auto content = fixtureOf ("v1-given.json");
    checkRequests (*content.document, { { "Who is there?", { "ben", {} } },
                                        { "It is me.", { "anna", {} } },
                                        { "And me.", { "Ben's brother", "/voices/brother.flac" }, 8400 },
                                        { "Two sugars.", { "clara", {} } },
                                        { "Thank you.", { "david", {} } },
                                        { "Good night.", { "anna", {} }, 24'000 } });
    CHECK (content.document->scenes.size() == 2);
    CHECK_FALSE (content.document->settings.host.rendersAhead);
    CHECK_FALSE (content.document->settings.guidanceScale);
    const auto& cast = content.document->cast;
    const auto chosen =
        std::count_if (cast.begin(), cast.end(), [] (const auto& member) { return member->isChosen; });
    CHECK (chosen == 3); // one of them has left the script
}

TEST_CASE ("A voice of version 1 for everybody stays one", "[source][project][v1]")
{
    const auto content = parse (
        R"({"tableread_state": 1, "script": "Tom: One.\nEve: Two.", "cast": [{"speaker": "*", "voice": "clara"},
            {"speaker": "Eve", "voice": "ada", "path": "/ada.wav"}]})",
        "state");
    REQUIRE (content);
    checkRequests (*content->document, { { "One.", { "clara", {} } }, { "Two.", { "ada", "/ada.wav" } } });
}

TEST_CASE ("Speakers with numbers had their voices in the numbers' order", "[source][project][v1]")
{
    const auto content =
        parse (R"({"tableread_state": 1, "script": "Speaker 2: Two.\nSpeaker 1: One."})", "state");
    REQUIRE (content);
    checkRequests (*content->document, { { "Two.", { "ben", {} } }, { "One.", { "anna", {} } } });
}

TEST_CASE ("A damaged field of version 1 keeps its default and leaves the others", "[source][project][v1]")
{
    const auto content = parse (
        R"({"tableread_state": 1, "script": "Anna: Hello.", "seed": "x", "steps": 1e300, "cfg_scale": -5,
                   "cast": [7, {"speaker": 1}, {"speaker": "Anna", "voice": "ben"}]})",
        "state");
    REQUIRE (content);
    CHECK (content->document->settings.seed == 0);
    CHECK (content->document->settings.steps == 1000);
    CHECK (content->document->settings.guidanceScale == 0.0f);
    checkRequests (*content->document, { { "Hello.", { "ben", {} } } });
}

TEST_CASE ("A script of version 1 that cannot be spoken is not lost", "[source][project][v1]")
{
    const std::string script =
        GENERATE (as<std::string>(), "", "# a comment", "1\n00:00:01,000 --> 00:00:02,000\nHello.\n");
    const nlohmann::json json { { "tableread_state", 1 }, { "script", script } };
    const auto content = parse (json.dump(), "state");
    REQUIRE (content);
    CHECK (*content->document->script == script);
    CHECK (content->document->lines.empty());
}
