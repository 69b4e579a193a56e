// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Farm/Messages.h"

using namespace tableread;
using namespace tableread::engine;
using Json = nlohmann::json;

namespace
{
const std::string someHash (32, 'a');

LineMessage someLine()
{
    LineMessage message {
        .line = 7, .project = "scene.tableread", .title = "line 7, Anna", .id = "gate_070"
    };
    message.request.lines = { { 0, "Grüß dich." }, { 1, "You too." } };
    message.request.voices = { { "anna", {} }, { "Ben", "/farm/voices/ben.flac" } };
    message.request.input = "Grüß dich.\nYou too.";
    message.request.voice = "anna";
    message.request.seed = 18446744073709551615u;
    message.request.guidanceScale = 1.5f;
    message.request.steps = 4;
    message.hashes = { someHash, std::string() };
    return message;
}

LineResult someResult()
{
    return { .state = LineResult::State::SetAside,
             .line = 7,
             .project = "scene.tableread",
             .title = "line 7, Anna",
             .node = "render-01",
             .failures = 2,
             .reason = "the model's length limit cut the speech.",
             .isRendered = true,
             .seconds = 1.25 };
}

template <typename Message>
Json changed (const Message& message, const std::string& field, const Json& value)
{
    auto json = Json::parse (toJson (message));
    json[field] = value;
    return json;
}
} // namespace

TEST_CASE ("A line and its state survive the way through the queue", "[engine][farm]")
{
    const auto line = parseLineMessage (toJson (someLine()));
    REQUIRE (line);
    CHECK ((*line == someLine()));
    auto result = someResult();
    result.state = GENERATE (LineResult::State::Speaking, LineResult::State::Stored, LineResult::State::Left,
                             LineResult::State::SetAside);
    const auto read = parseLineResult (toJson (result));
    REQUIRE (read);
    CHECK ((*read == result));
}

TEST_CASE ("What a newer version sends is not taken for garbage", "[engine][farm]")
{
    const auto line = parseLineMessage (changed (someLine(), "format", 2).dump());
    REQUIRE_FALSE (line);
    CHECK (line.error().code == ErrorCode::Unsupported);
    CHECK (parseLineMessage (changed (someLine(), "colour", "blue").dump()));
    CHECK (parseLineResult (changed (someResult(), "format", 2).dump()).error().code ==
           ErrorCode::Unsupported);
}

TEST_CASE ("A message that is no line is refused, with its field", "[engine][farm]")
{
    const auto [field, value] = GENERATE_COPY (
        table<std::string, Json> ({ { "format", 0 },
                                    { "format", "one" },
                                    { "line", 0 },
                                    { "line", nullptr },
                                    { "line", -1 },
                                    { "title", 5 },
                                    { "title", std::string (5000, 'x') },
                                    { "id", 7 },
                                    { "request", nullptr },
                                    { "request", "Hello" },
                                    { "request", { { "input", "Hello" } } },
                                    { "voice_hashes", Json::array ({ someHash }) },
                                    { "voice_hashes", Json::array ({ someHash, "../../etc/passwd" }) },
                                    { "voice_hashes", Json::array ({ someHash, 5 }) } }));
    const auto line = parseLineMessage (changed (someLine(), field, value).dump());
    REQUIRE_FALSE (line);
    CHECK ((line.error().code == ErrorCode::InvalidInput || line.error().code == ErrorCode::OutOfRange));
    for (const auto* const garbage : { "", "{", "[]", "\xff\xfe", "null" })
        CHECK_FALSE (parseLineMessage (garbage));
}

TEST_CASE ("A message with a line that has no voice is refused", "[engine][farm]")
{
    auto message = changed (someLine(), "voice_hashes", Json::array());
    message["request"]["tableread"].erase ("voices"); // which a server's own voice would speak
    const auto line = parseLineMessage (message.dump());
    REQUIRE_FALSE (line);
    CHECK (line.error().text() == "request: has a line without a voice");
}

TEST_CASE ("A message that is no state is refused", "[engine][farm]")
{
    const auto [field, value] = GENERATE (table<std::string, Json> ({ { "state", "done" },
                                                                      { "state", nullptr },
                                                                      { "failures", -1 },
                                                                      { "seconds", -0.5 },
                                                                      { "seconds", 1e300 },
                                                                      { "rendered", "yes" },
                                                                      { "node", std::string (5000, 'x') } }));
    CHECK_FALSE (parseLineResult (changed (someResult(), field, value).dump()));
}
