// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <set>

#include <nlohmann/json.hpp>

#include "StoreFixture.h"

using namespace tableread;
using namespace tableread::test;
using Json = nlohmann::json;

namespace
{
TakeRecord someRecord()
{
    auto request = takeRequest (18'446'744'073'709'551'615u);
    request.guidanceScale = 1.3f;
    return { request, Take::Ending::CutOff, AudioObject::of (takeSamples (1)) };
}
} // namespace

TEST_CASE ("A take's key is that of its request, whoever computes it", "[source][take][store]")
{
    auto request = takeRequest (42);
    CHECK (toJson (request).dump() ==
           R"({"cfg_scale":null,"fingerprint":"cpu-fp32-k1-t88cb923c-77777777777777777777777777777777",)"
           R"("lines":[{"speaker":0,"text":"Good morning."},{"speaker":1,"text":"Guten Morgen, \"Änne\"."}],)"
           R"("seed":42,"steps":10,"voices":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",""]})");
    CHECK (request.key() == "8fb7877c0995c63568cb2b84552a0cdc"); // takes of all users are found by it
    request.guidanceScale = 1.3f;
    CHECK (toJson (request).dump().starts_with (R"({"cfg_scale":1.2999999523162842,)"));
}

TEST_CASE ("Whatever changes samples changes the key", "[source][take][store]")
{
    const std::vector<std::function<void (TakeRequest&)>> changes {
        [] (auto&) {},
        [] (auto& request) { request.seed = 2; },
        [] (auto& request) { request.steps = 11; },
        [] (auto& request) { request.guidanceScale = 0.0f; },
        [] (auto& request) { request.guidanceScale = 1.3f; },
        [] (auto& request) { request.guidanceScale = 1.3000001f; },
        [] (auto& request) { request.fingerprint += '8'; },
        [] (auto& request) { request.lines.front().text += '!'; },
        [] (auto& request) { request.lines.front().speaker = 1; },
        [] (auto& request) { std::swap (request.lines.front(), request.lines.back()); },
        [] (auto& request) { request.lines.pop_back(); },
        [] (auto& request) { request.voices.front()[5] = 'b'; },
        [] (auto& request) { std::swap (request.voices.front(), request.voices.back()); },
        [] (auto& request) { request.voices.emplace_back(); },
    };
    std::set<std::string> keys;
    for (const auto& change : changes)
    {
        auto request = takeRequest (1);
        change (request);
        CHECK (request.check());
        keys.insert (request.key());
    }
    CHECK (keys.size() == changes.size());
}

TEST_CASE ("What no engine could have spoken is no request", "[source][take][store][errors]")
{
    const auto refused = [] (const std::function<void (TakeRequest&)>& change) {
        auto request = takeRequest (1);
        change (request);
        const auto checked = request.check();
        REQUIRE_FALSE (checked);
        return checked.error().where;
    };
    CHECK (refused ([] (auto& request) { request.lines.clear(); }) == "lines");
    CHECK (refused ([] (auto& request) { request.lines.resize (4097); }) == "lines");
    CHECK (refused ([] (auto& request) { request.lines.front().speaker = 2; }) == "lines");
    CHECK (refused ([] (auto& request) { request.lines.front().speaker = -1; }) == "lines");
    CHECK (refused ([] (auto& request) { request.lines.front().text = "\xff"; }) == "lines");
    CHECK (refused ([] (auto& request) { request.lines.front().text = std::string (5'000'000, 'a'); }) ==
           "lines");
    CHECK (refused ([] (auto& request) { request.voices.resize (65); }) == "lines");
    CHECK (refused ([] (auto& request) { request.voices.front() = "\xff"; }) == "voices");
    CHECK (refused ([] (auto& request) { request.voices.front() = std::string (257, 'a'); }) == "voices");
    CHECK (refused ([] (auto& request) { request.fingerprint.clear(); }) == "fingerprint");
    CHECK (refused ([] (auto& request) { request.steps = 0; }) == "steps");
    CHECK (refused ([] (auto& request) { request.guidanceScale = std::nanf (""); }) == "cfg_scale");
    CHECK (refused ([] (auto& request) { request.guidanceScale = 101.0f; }) == "cfg_scale");
}

TEST_CASE ("A record survives the disk, and whatever was cut from it is noticed", "[source][take][store]")
{
    const auto record = someRecord();
    const auto text = toJson (record);
    const auto again = parseTakeRecord (text);
    REQUIRE (again);
    CHECK (*again == record);
    CHECK (again->request.key() == record.request.key());
    for (std::size_t size = 0; size + 1 < text.size(); ++size) // the last is a line's end
        CHECK (parseTakeRecord (text.substr (0, size)).error().code == ErrorCode::InvalidInput);
    auto more = Json::parse (text);
    more["new"] = "unknown fields are for newer versions";
    CHECK (parseTakeRecord (more.dump()).value() == record);
}

TEST_CASE ("A record with a wrong field is damaged, and one of a newer version is not",
           "[source][take][store]")
{
    const auto good = Json::parse (toJson (someRecord()));
    const auto [pointer, value] = GENERATE (table<std::string, std::string> ({
        { "/format", "0" },
        { "/format", "\"1\"" },
        { "/request", "null" },
        { "/request", "[]" },
        { "/request/lines", "[]" },
        { "/request/lines/0/speaker", "7" },
        { "/request/lines/0/text", "1" },
        { "/request/voices/0", "1" },
        { "/request/seed", "-1" },
        { "/request/steps", "0" },
        { "/request/cfg_scale", "1e9" },
        { "/request/fingerprint", "\"\"" },
        { "/finish", "\"error\"" },
        { "/samples", "-1" },
        { "/samples", "null" },
        { "/samples", "129600001" },
        { "/hash", "\"../../../../../../../../etc/passwd\"" },
        { "/audio", "\"mp3\"" },
    }));
    CAPTURE (pointer, value);
    auto bad = good;
    bad[Json::json_pointer (pointer)] = Json::parse (value);
    const auto refused = parseTakeRecord (bad.dump());
    REQUIRE_FALSE (refused);
    CHECK (refused.error().code == ErrorCode::InvalidInput);
    bad["format"] = 2;
    CHECK (parseTakeRecord (bad.dump()).error().code == ErrorCode::Unsupported);
}

TEST_CASE ("A session's list survives the disk", "[source][take][store]")
{
    const TakeSession session { "Scene-7_b",
                                { takeRequest (1).key(), takeRequest (2).key() },
                                { takeRequest (3).key() },
                                std::chrono::sys_seconds (std::chrono::seconds (1'800'000'000)) };
    const auto text = toJson (session);
    CHECK (parseTakeSession (text).value() == session);
    for (std::size_t size = 0; size + 1 < text.size(); ++size)
        CHECK (parseTakeSession (text.substr (0, size)).error().code == ErrorCode::InvalidInput);
    const auto [pointer, value] = GENERATE (table<std::string, std::string> ({ { "/id", "\"../x\"" },
                                                                               { "/id", "\"\"" },
                                                                               { "/takes/0", "\"x\"" },
                                                                               { "/takes/0", "1" },
                                                                               { "/pinned", "{}" },
                                                                               { "/seen", "-1" },
                                                                               { "/format", "0" } }));
    CAPTURE (pointer, value);
    auto bad = Json::parse (text);
    bad[Json::json_pointer (pointer)] = Json::parse (value);
    CHECK_FALSE (parseTakeSession (bad.dump()));
    bad["format"] = 2;
    CHECK (parseTakeSession (bad.dump()).error().code == ErrorCode::Unsupported);
    CHECK_FALSE (isSessionId (std::string (65, 'a')));
    CHECK (isSessionId (std::string (64, 'a')));
}
