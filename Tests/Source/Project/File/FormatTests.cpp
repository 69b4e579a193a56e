// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Project/File/Place.h"
#include "Project/File/Text.h"
#include "Sample.h"
#include "Support/Failure.h"

using namespace tableread;
using namespace tableread::project;
using namespace tableread::test;
using Catch::Contains;
using Json = nlohmann::json;

namespace
{
/** The sample's JSON after a change, with the checksum that belongs to it. */
std::string changed (const std::function<void (Json&)>& change)
{
    auto json = Json::parse (toText (contentWith (sampleDocument())));
    change (json);
    json["checksum"] = checksumOf (json);
    return json.dump();
}

Error refusalOf (const std::string& text)
{
    const auto read = parse (text, "scene.tableread");
    REQUIRE_FALSE (read);
    return read.error();
}
} // namespace

TEST_CASE ("A project comes back as it was saved", "[source][project][file]")
{
    const auto text = toText (contentWith (sampleDocument()));
    const auto read = parse (text, "scene.tableread");
    REQUIRE (read);
    CHECK ((*read->document == sampleDocument()));
    CHECK (read->notes.empty());
    CHECK (read->unknown == nullptr);
    CHECK (toText (*read) == text);
    const auto empty = parse (toText (Content {}), "empty");
    REQUIRE (empty);
    CHECK ((*empty->document == Document()));
    CHECK (empty->notes.empty());
}

TEST_CASE ("A project of version 2 opens the same forever", "[source][project][file]")
{
    const auto read = readProject (TABLEREAD_ROOT "/Tests/Data/project/v2.tableread");
    REQUIRE (read);
    CHECK (read->notes.empty());
    CHECK ((*read->document == sampleDocument()));
}

TEST_CASE ("Settings that came later are read, and left out where they are usual", "[source][project][file]")
{
    auto document = sampleDocument();
    document.settings.patienceSeconds = 75;
    document.settings.host = { true, true, RenderWait::Never };
    const auto text = toText ({ std::make_shared<const Document> (document) });
    CHECK_THAT (text, Catch::Contains ("\"patience_s\": 75") || Catch::Contains ("\"patience_s\":75"));
    const auto read = parse (text, "it");
    REQUIRE (read);
    CHECK (*read->document == document);
    CHECK_FALSE (parse (R"({"tableread_state": 2, "settings": {"wait": "sometimes"}})", "it"));
    CHECK_FALSE (parse (R"({"tableread_state": 2, "settings": {"patience_s": 0}})", "it"));
    const auto usual = toText ({ std::make_shared<const Document>() });
    for (const auto* name : { "patience_s", "wait", "bypassed" })
        CHECK (usual.find (name) == std::string::npos);
}

TEST_CASE ("A project's id is part of its file once it has one", "[source][project][file]")
{
    auto document = sampleDocument();
    CHECK (Json::parse (toText (contentWith (document))).count ("id") == 0);
    document.id = std::string (31, '0') + 'f';
    const auto text = toText (contentWith (document));
    CHECK (Json::parse (text)["id"] == document.id);
    const auto read = parse (text, "scene.tableread");
    REQUIRE (read);
    CHECK (read->notes.empty());
    CHECK (read->unknown == nullptr);
    CHECK ((*read->document == document));
    CHECK_FALSE ((*read->document == sampleDocument()));
}

TEST_CASE ("A project's file has a line for each entry and says first what it is", "[source][project][file]")
{
    const auto text = toText (contentWith (sampleDocument()));
    CHECK (text == readBytes (TABLEREAD_ROOT "/Tests/Data/project/v2.tableread"));
    CHECK (text.starts_with ("{\n\"tableread_state\": 2,\n\"checksum\": \""));
    CHECK_THAT (text,
                Contains ("\n\"lines\": [\n{\"anchor\":{\"quarters\":64.5},\"chosen\":7,\"direction\":"));
    CHECK_THAT (text, Contains ("\"cfg_scale\":1.3,") && Contains ("\"colour\":\"#ff8800\""));
    CHECK (text.ends_with ("\n]\n}\n"));
    CHECK (isProjectText (text));
    CHECK (isProjectText (R"( {"script": "", "tableread_state": 1})"));
    CHECK_FALSE (isProjectText ("Anna: \"tableread_state\""));
    CHECK_FALSE (isProjectText (""));
}

TEST_CASE ("The checksum is of the sorted JSON without white space", "[source][project][file]")
{
    // What other programs can compute: printf '%s' '{"a":[1,2.5],"tableread_state":2}' | xxhsum -H2
    auto json = Json::parse (R"({"tableread_state": 2, "checksum": "?", "a": [1, 2.50]})");
    CHECK (checksumOf (json) == "1de5220e6442a277258880832bee37ef");
    const auto text = toText (contentWith (sampleDocument()));
    json = Json::parse (text);
    CHECK (json["checksum"] == checksumOf (json));
}

TEST_CASE ("A project cut anywhere is refused in one sentence", "[source][project][file]")
{
    const auto text = toText (contentWith (sampleDocument()));
    for (std::size_t size = 0; size + 1 < text.size(); ++size) // without its last line feed it is whole
    {
        const auto read = parse (std::string_view (text).substr (0, size), "scene.tableread");
        if (read)
            FAIL ("a project of " << size << " bytes of " << text.size() << " was opened");
        if (read.error().code != ErrorCode::InvalidInput ||
            read.error().message.find ("cut off") == std::string::npos ||
            read.error().where != "scene.tableread")
            FAIL (read.error().text());
    }
    CHECK (parse (std::string_view (text).substr (0, text.size() - 1), "scene.tableread"));
}

TEST_CASE ("A damaged byte is refused or noted; nothing else happens", "[source][project][file]")
{
    const auto text = toText (contentWith (sampleDocument()));
    for (std::size_t at = 0; at < text.size(); ++at)
    {
        auto damaged = text;
        damaged[at] = (char) (damaged[at] ^ 1);
        const auto read = parse (damaged, "scene.tableread");
        if (read && read->notes.empty())
            FAIL ("byte " << at << " of " << text);
    }
}

TEST_CASE ("A newer version is named and not half read", "[source][project][file]")
{
    const auto error = refusalOf (R"({"tableread_state": 3, "script": {"scenes": []}})");
    CHECK (error.code == ErrorCode::Unsupported);
    CHECK (
        error.text() ==
        "scene.tableread: was saved by a newer TableRead (version 3, this one reads up to 2). It is kept as "
        "it is. Install the newer version to open it.");
}

TEST_CASE ("What is edited by hand opens with a note, and its lines follow its script",
           "[source][project][file]")
{
    Document document;
    auto json = Json::parse (toText (contentWith (document)));
    json["script"] = "Anna: One.\nBen: Two.\n";
    for (const bool hasChecksum : { true, false })
    {
        if (! hasChecksum)
            json.erase ("checksum");
        const auto read = parse (json.dump (4), "scene.tableread");
        REQUIRE (read);
        REQUIRE (read->notes.size() == 1);
        CHECK_THAT (read->notes[0],
                    Contains ("scene.tableread has") && Contains ("checksum") && Contains ("edited by hand"));
        CHECK (*read->document->script == "Anna: One.\nBen: Two.\n");
        REQUIRE (read->document->lines.size() == 2);
        CHECK (read->document->lines[1]->text == "Two.");
    }
}

TEST_CASE ("Fields that are not known survive at every level", "[source][project][file]")
{
    const Json strange = { { "deep", { 1, 2.5, nullptr, { { "x", "\u3053" } } } } };
    const auto text = changed ([&] (Json& json) {
        json["future"] = strange;
        json["settings"]["future"] = strange;
        json["settings"]["gaps"]["future"] = strange;
        json["lines"][1]["future"] = strange;
        json["lines"][1]["anchor"]["future"] = strange;
        json["takes"][2]["future"] = strange;
        json["cast"][0]["future"] = strange;
        json["cast"][0]["moods"][1]["future"] = strange;
    });
    const auto read = parse (text, "scene.tableread");
    REQUIRE (read);
    CHECK (read->notes.empty());
    CHECK ((*read->document == sampleDocument()));
    CHECK (Json::parse (toText (*read)) == Json::parse (text));

    // They stay with the object that they belong to.
    auto moved = *read->document;
    std::swap (moved.lines[0], moved.lines[1]);
    auto muted = *moved.cast[0];
    muted.isMuted = true;
    moved.cast[0] = std::make_shared<const Member> (muted);
    const auto saved = Json::parse (
        toText (Content { .document = std::make_shared<const Document> (moved), .unknown = read->unknown }));
    CHECK (saved["lines"][0]["future"] == strange);
    CHECK_FALSE (saved["lines"][1].contains ("future"));
    CHECK (saved["cast"][0]["moods"][1]["future"] == strange);
}

TEST_CASE ("A field that cannot be is named", "[source][project][file]")
{
    struct Fault
    {
        const char *path, *value, *sentence;
    };
    const auto fault = GENERATE (values<Fault> ({
        { "/id", "\"../../x\"", "id: a hash of 32 hexadecimal digits is expected here" },
        { "/script", "7", "script: a string is expected here, not a number" },
        { "/lines", "{}", "lines: a list is expected here, not an object" },
        { "/lines/1", "[]", "lines[1]: an object is expected here, not an array" },
        { "/lines/1/id", "0", "lines[1].id: an id of 1 or more" },
        { "/lines/1/id", "3", "lines: \"3\" is there twice" },
        { "/lines/1/id", "-1", "lines[1].id: a whole number of 0 or more" },
        { "/lines/1/scene", "2", "lines[1].scene: there is no scene 2" },
        { "/lines/1/scene", "99999999999", "lines[1].scene: 99999999999 is not between 0 and 2147483647" },
        { "/lines/1/pause_before_ms", "0.5", "lines[1].pause_before_ms: a whole number is expected" },
        { "/lines/1/anchor", R"({"seconds": 1, "quarters": 1})", "lines[1].anchor: an anchor has either" },
        { "/lines/1/anchor", "{}", "an anchor has either" },
        { "/lines/1/anchor/seconds", "1e300", "lines[1].anchor.seconds: 1e+300 is not between" },
        { "/lines/0/locked", "1", "lines[0].locked: true or false is expected" },
        { "/takes/0/audio", "\"../../x\"", "takes[0].audio: a hash of 32 hexadecimal digits" },
        { "/takes/0/state", "\"gone\"", "takes[0].state: \"gone\" is unknown" },
        { "/takes/0/length", "-1", "takes[0].length: -1 is not between 0 and 129600000" },
        { "/takes/1/id", "7", "takes: \"7\" is there twice" },
        { "/cast/1/speaker", "\"ANNA\"", "cast: \"anna\" is there twice" },
        { "/cast/0/bus", "17", "cast[0].bus: 17 is not between 0 and 16" },
        { "/cast/0/colour", "\"red\"", "cast[0].colour: a colour such as" },
        { "/cast/0/moods/1/direction", "\"\"", "cast[0].moods: \"\" is there twice" },
        { "/cast/0/moods/1/path", "\"/a\\u0000b\"", "cast[0].moods[1].path: a path has no zero byte" },
        { "/settings/steps", "0", "settings.steps: 0 is not between 1 and 1000" },
        { "/settings/gaps/line_ms", "\"1\"", "settings.gaps.line_ms: a whole number is expected" },
        { "/settings/cfg_scale", "101", "settings.cfg_scale: 101 is not between" },
        { "/scenes/1", "{}", "scenes[1]: a string is expected here" },
        { "/tempo", "0", "tempo: it is more than 0" },
        { "/tempo", "10001", "tempo: 10001 is not between" },
        { "/audio", "[]", "audio: an object with an entry for each hash" },
        { "/audio", R"({"x": 1})", "audio: an object is expected for \"x\"" },
    }));
    CAPTURE (fault.path, fault.value);
    const auto error = refusalOf (
        changed ([&] (Json& json) { json[Json::json_pointer (fault.path)] = Json::parse (fault.value); }));
    CHECK (error.code == ErrorCode::InvalidInput);
    CHECK_THAT (error.text(), Contains ("scene.tableread: cannot be opened: ") && Contains (fault.sentence));
}

TEST_CASE ("What is missing of a take costs nothing else", "[source][project][file]")
{
    const auto read = parse (changed ([] (Json& json) {
                                 json["lines"][0]["chosen"] = 77;
                                 json["lines"][1]["chosen"] = 9;
                                 json["takes"][0].erase ("audio");
                             }),
                             "scene.tableread");
    REQUIRE (read);
    CHECK (read->notes.empty());
    CHECK_FALSE (read->document->lines[0]->chosen);
    CHECK (read->document->lines[1]->chosen.value == 9);
    CHECK (read->document->takes[0]->state == TakeRecord::State::Failed);
    CHECK (read->document->takes[0]->failure == "Its audio was not saved.");
    CHECK (read->document->takes[2]->state == TakeRecord::State::CutOff);
}

TEST_CASE ("A text that is no project is refused", "[source][project][file]")
{
    const std::string text =
        GENERATE (as<std::string>(), "", "{", "[]", "null", "7", "{}", R"({"tableread_state": "1"})",
                  R"({"tableread_state": 0})", R"({"tableread_state": -1})", R"({"tableread_state": 2.0})",
                  "\xff\xfe garbage", R"({"tableread_state": 2, "script": "\ud800"})");
    CHECK (refusalOf (text).code == ErrorCode::InvalidInput);
}

TEST_CASE ("Depth and counts of a project are limited", "[source][project][file]")
{
    const std::string begin = R"({"tableread_state": 2, "x": )";
    CHECK_THAT (refusalOf (begin + std::string (100'000, '[') + std::string (100'000, ']') + '}').text(),
                Contains ("nests more than 32 deep"));
    std::string many = begin + "[0";
    for (int i = 0; i < 2'000'000; ++i)
        many += ",0";
    CHECK_THAT (refusalOf (many + "]}").text(), Contains ("has more than 2000000 values"));
    std::string lines = R"({"tableread_state": 2, "scenes": [""],"lines": [{"id":1})";
    for (int i = 2; i <= 100'001; ++i)
        lines += ",{\"id\":" + std::to_string (i) + '}';
    CHECK_THAT (refusalOf (lines + "]}").text(), Contains ("lines: 100001 entries, at most 100000"));
}

TEST_CASE ("Ids that a file forgot to count are not given again", "[source][project][file]")
{
    const auto read = parse (changed ([] (Json& json) { json["next_id"] = 1; }), "scene.tableread");
    REQUIRE (read);
    CHECK (read->document->nextId == 11);
    CHECK_THAT (refusalOf (changed ([] (Json& json) {
                    json["lines"][1]["id"] = 18'446'744'073'709'551'615u;
                })).text(),
                Contains ("next_id: no ids are left"));
}

TEST_CASE ("A float is written as people write it and read as it was", "[source][project][file]")
{
    for (const float value : { 0.0f, 1.3f, 0.1f, 100.0f, 33.333332f, 1e-7f, 99.99999f })
    {
        Document document;
        document.settings.guidanceScale = value;
        CHECK (parse (toText (contentWith (document)), "")->document->settings.guidanceScale == value);
    }
}

TEST_CASE ("A state of 500 lines is small", "[source][project][file]")
{
    auto document = sampleDocument();
    document.lines.clear();
    document.takes.clear();
    std::string script;
    for (std::uint64_t i = 1; i <= 500; ++i)
    {
        auto line = sampleLines()[0];
        line.id = { i };
        line.text = std::string (90, 'x');
        script += "Anna (whispering): " + line.text + '\n';
        line.chosen = { 500 + 2 * i };
        document.lines.push_back (std::make_shared<const Line> (line));
        for (std::uint64_t take = 499 + 2 * i; take <= 500 + 2 * i; ++take)
        {
            auto record = sampleTakes()[0];
            record.id = { take };
            record.line = { i };
            record.fingerprint = std::string (120, 'f');
            document.takes.push_back (std::make_shared<const TakeRecord> (record));
        }
    }
    document.script = std::make_shared<const std::string> (script);
    document.nextId = 1501;
    const auto text = toText (contentWith (document));
    CHECK (text.size() < 1'000'000);
    CHECK (parse (text, "")->document->takes.size() == 1000);
}
