// SPDX-License-Identifier: Apache-2.0
// Ids and names that would be paths, if somebody let them: none of them leads out of its place.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>

#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"
#include "Support/VoiceForm.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace
{
/** As they stand in a request's first line. key: with which the file of a voice's record is named. */
std::vector<std::string> tricks (const std::string& key)
{
    std::vector<std::string> all {
        "",
        ".",
        "..",
        "../",
        "../..",
        "%2e",
        "%2e%2e",
        "%2e%2e%2f",
        "..%2f",
        "..%2F..%2Fetc%2Fpasswd",
        "%2fetc%2fpasswd",
        "/",
        "//",
        "//etc/passwd",
        "///",
        "%2f%2f",
        "..%5c..%5c",
        "..\\",
        "%00",
        "anna%00",
        "%00/../x",
        "anna%2f",
        "anna/",
        "anna/..",
        "./anna",
        "%",
        "%2",
        "%zz",
        "%25%32%65",
        "%ff%fe",
        "\xff\xfe",
        "%c0%ae%c0%ae%c0%af",
        "%ed%a0%80",
        "%0d%0aX:%20y",
        "%7f",
        "*",
        "~",
        "$HOME",
        "a;b",
        "a|b",
        "%3f",
        ".json",
        "e.sock",
        "model",
        "voice_",
        "con",
        "-",
    };
    for (const auto& id : std::vector<std::string> { key, key + ".json", "..%2f" + key,
                                                     "..%2f" + key + ".json", "..%2F..%2Fsecret.json",
                                                     "voice_" + key, "voice_" + key + std::string (16, '0') })
        all.push_back (id);
    all.push_back ("voice_" + std::string (32, '0'));
    all.push_back ("voice_..%2f" + std::string (29, '0'));
    for (const auto* letter : { "a", ".", "%2e", "%c3%a4", "../" })
    {
        std::string longest;
        while (longest.size() < 8'000)
            longest += letter;
        all.push_back (longest);
        all.push_back (longest + longest); // longer than a first line may be
    }
    return all;
}

struct Endpoint
{
    const char* method;
    std::string before, after;
};

const std::vector<Endpoint> endpoints { { "GET", "/v1/audio/voices/", "" },
                                        { "DELETE", "/v1/audio/voices/", "" },
                                        { "GET", "/v1/models/", "" },
                                        { "POST", "/v1/tableread/models/", "/load" },
                                        { "POST", "/v1/tableread/models/", "/unload" },
                                        { "GET", "/v1/tableread/jobs/", "" },
                                        { "PATCH", "/v1/tableread/jobs/", "" },
                                        { "DELETE", "/v1/tableread/jobs/", "" } };

/** Every file below a folder with its content, and every other entry. */
std::map<std::string, std::string> contentOf (const fs::path& folder)
{
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator (folder))
    {
        std::ifstream in;
        if (entry.is_regular_file())
            in.open (entry.path(), std::ios::binary);
        all[entry.path().string()] = std::string (std::istreambuf_iterator<char> (in), {});
    }
    return all;
}

/** An engine with an uploaded voice and a job that is over, in a folder with files that are nobody's business. */
struct IdsFixture
{
    IdsFixture() : engine (storingIn (data.path() / "data" / "voices"))
    {
        REQUIRE (upload ("Ada").status == 200);
        auto body = ServerFixture::floats ("Hello.");
        body["tableread"]["id"] = "line-1";
        REQUIRE (engine.speak (body).complete);
        for (const auto* name : { "secret.json", "passwd", "data/anna.wav", "data/.json" })
            std::ofstream (data.path() / name) << "nobody's business";
        const auto record = contentOf (data.path() / "data" / "voices");
        for (const auto& [file, text] : record) // which would be good ones, a folder higher
            std::ofstream (data.path() / "data" / fs::path (file).filename(), std::ios::binary) << text;
    }

    static SpeechServer::Options storingIn (const fs::path& folder)
    {
        SpeechServer::Options options;
        options.voiceStore = folder;
        return options;
    }

    RawResponse upload (const std::string& name) const
    {
        const auto body = ofVoice (name, "a sound of " + name);
        RawClient client (engine.path());
        client.send (headOf (body) + body);
        return RawResponse::parse (client.receive());
    }

    std::string listed (const std::string& what) const { return request (engine.path(), "GET", what).body; }

    TemporaryFolder data;
    ServerFixture engine;
};
} // namespace

TEST_CASE ("No id in a path leads out of its place", "[engine][server][errors]")
{
    const IdsFixture fixture;
    const auto files = contentOf (fixture.data.path()), model = contentOf (fixture.engine.folder.path());
    const std::vector<std::string> lists { "/v1/audio/voices", "/v1/models", "/v1/tableread/jobs" };
    std::vector<std::string> before;
    before.reserve (lists.size());
    for (const auto& list : lists)
        before.push_back (fixture.listed (list));
    for (const auto& [method, begin, end] : endpoints)
        for (const auto& id : tricks (keyOfVoiceName ("Ada")))
        {
            CAPTURE (method, begin, end, id.substr (0, 100), id.size());
            auto target = begin;
            target.append (id).append (end);
            const auto answer = request (fixture.engine.path(), method, target, R"({"due_ms": 1})");
            CHECK (answer.complete);
            if (target.size() > 8'100)
                CHECK (answer.status == 414);
            else
                CHECK ((answer.status == 400 || answer.status == 404));
            const auto error = json::parse (answer.body, nullptr, false);
            CHECK (error.contains ("error"));
        }
    for (std::size_t i = 0; i < lists.size(); ++i)
        CHECK (fixture.listed (lists[i]) == before[i]);
    CHECK (contentOf (fixture.data.path()) == files);
    CHECK (contentOf (fixture.engine.folder.path()) == model);
    CHECK (fixture.engine.speak (ServerFixture::floats ("Hello.", "Ada")).complete);
}

TEST_CASE ("No id or name in a request leads out of its place", "[engine][server][errors]")
{
    const IdsFixture fixture;
    const auto files = contentOf (fixture.data.path());
    const std::vector<std::string> ids {
        "..",          "../../etc/passwd", "/etc/passwd", "//",
        "anna/../ada", "\\u0000",          "anna\\u0000", "\\ud800",
        "\xff",        "../data/.json",    "%2e%2e%2f",   std::string (100'000, 'x')
    };
    for (const auto& id : ids)
        for (const std::string field :
             { R"("voice": {"id": "@"})", R"("voice": "@")", R"("model": "@")", R"("tableread": {"id": "@"})",
               R"("tableread": {"voices": [{"id": "@"}]})", R"("tableread": {"voices": [{"name": "@"}]})" })
        {
            CAPTURE (id.substr (0, 100), field);
            const auto at = field.find ('@');
            const auto body =
                R"({"input": "Hi.", )" + field.substr (0, at) + id + field.substr (at + 1) + "}";
            const auto answer = request (fixture.engine.path(), "POST", protocol::speechPath, body);
            CHECK ((answer.status == 400 || answer.status == 404));
            CHECK (json::parse (answer.body, nullptr, false).contains ("error"));
        }
    CHECK (contentOf (fixture.data.path()) == files);
}

TEST_CASE ("A voice's name becomes the name of no file", "[engine][server][voices][errors]")
{
    const IdsFixture fixture;
    const auto before = contentOf (fixture.data.path());
    for (const auto* name : { "../../evil", "/etc/evil", "..", "x/../../y", "evil.json", "a\\b", "C:evil",
                              "~evil", "%2e%2e%2fevil", "e\xcc\x81vil" })
    {
        CAPTURE (name);
        const auto answer = fixture.upload (name);
        CHECK ((answer.status == 200 || answer.status == 400));
    }
    for (const auto& name : { std::string ("evil\0", 5), std::string ("\xff"), std::string ("ev\nil"),
                              std::string (100'000, 'e') })
        CHECK (fixture.upload (name).status == 400);
    const auto store = (fixture.data.path() / "data" / "voices").string();
    const std::regex ours ("[0-9a-f]{16}\\.json|[0-9a-f]{32}\\.audio");
    for (const auto& [file, text] : contentOf (fixture.data.path()))
        if (before.find (file) == before.end())
        {
            CAPTURE (file);
            CHECK (fs::path (file).parent_path() == store);
            CHECK (std::regex_match (fs::path (file).filename().string(), ours));
        }
}
