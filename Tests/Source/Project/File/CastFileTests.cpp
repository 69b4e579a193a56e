// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Project/File/CastFile.h"
#include "Project/File/Text.h"
#include "Sample.h"
#include "Support/Failure.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::project;
using namespace tableread::test;
using Catch::Contains;

TEST_CASE ("A cast comes back as it was saved", "[source][project][cast]")
{
    const auto text = toText (CastFile { sampleCast() });
    CHECK (text.starts_with ("{\n\"tableread_cast\": 1,\n\"checksum\": \""));
    const auto read = parseCast (text, "all.cast");
    REQUIRE (read);
    CHECK ((read->members == sampleCast()));
    CHECK (read->notes.empty());
    CHECK (toText (*read) == text);
    for (std::size_t size = 0; size + 1 < text.size(); ++size)
        if (parseCast (text.substr (0, size), "all.cast"))
            FAIL ("a cast of " << size << " bytes was opened");
}

TEST_CASE ("A cast keeps what it does not know", "[source][project][cast]")
{
    auto json = nlohmann::json::parse (toText (CastFile { sampleCast() }));
    json["future"] = 1;
    json["cast"][0]["consent"] = { { "who", "Ada" } };
    json["cast"][0]["moods"][1]["future"] = 2;
    json["checksum"] = checksumOf (json);
    const auto read = parseCast (json.dump(), "all.cast");
    REQUIRE (read);
    CHECK (read->notes.empty());
    CHECK (nlohmann::json::parse (toText (*read)) == json);
    json["future"] = 3;
    REQUIRE (parseCast (json.dump(), "all.cast"));
    CHECK (parseCast (json.dump(), "all.cast")->notes ==
           std::vector<std::string> {
               "all.cast was edited by hand, or is damaged. It was opened; look it over." });
}

TEST_CASE ("What is no cast is refused, and a newer one by name", "[source][project][cast]")
{
    for (const auto* text :
         { "", "{}", "[]", R"({"tableread_state": 2})", R"({"tableread_cast": 1, "cast": [7]})" })
    {
        const auto read = parseCast (text, "all.cast");
        REQUIRE_FALSE (read);
        CHECK (read.error().code == ErrorCode::InvalidInput);
        CHECK_THAT (read.error().text(), Contains ("all.cast: cannot be opened"));
    }
    const auto newer = parseCast (R"({"tableread_cast": 2})", "all.cast");
    REQUIRE_FALSE (newer);
    CHECK (newer.error().code == ErrorCode::Unsupported);
}

TEST_CASE ("A cast that was moved with its recordings takes them along", "[source][project][cast]")
{
    const TemporaryFolder folder;
    std::filesystem::create_directories (folder.path() / "old/voices");
    std::ofstream (folder.path() / "old/voices/ada.wav") << "ada";
    auto members = sampleCast();
    members[0].moods[0].voice.path = folder.path() / "old/voices/ada.wav";
    REQUIRE (writeCast (folder.path() / "old/all.cast", { members }));
    std::filesystem::rename (folder.path() / "old", folder.path() / "new");
    const auto read = readCast (folder.path() / "new/all.cast");
    REQUIRE (read);
    CHECK (read->members[0].moods[0].voice.path == folder.path() / "new/voices/ada.wav");
    CHECK (read->members[0].moods[1].voice.path == "/voices/soft.wav");
    CHECK_FALSE (writeCast (folder.path() / "new/all.cast", { members }, Existing::Refuse));
}
