// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <catch2/catch.hpp>

#include "Server/Voices/Record.h"
#include "Support/Failure.h"

using namespace tableread;
using namespace tableread::engine;

namespace
{
const std::string hash = "0123456789abcdef0123456789abcdef";

VoiceRecord ada()
{
    return { .name = "Ada", .consent = "", .hash = hash, .bytes = 7, .milliseconds = 12'345, .createdAt = 1 };
}

std::string record (const std::string& fields)
{
    return R"({"format": 1, "name": "Ada", "hash": ")" + hash + R"(", "bytes": 7)" + fields + '}';
}

ErrorCode codeOf (const std::string& json)
{
    const auto read = parseVoiceRecord (json);
    REQUIRE_FALSE (read);
    CHECK_FALSE (read.error().message.empty());
    return read.error().code;
}
} // namespace

TEST_CASE ("A voice's record survives the disk", "[engine][server][voices]")
{
    auto voice = ada();
    CHECK (parseVoiceRecord (toJson (voice)) == voice);
    voice.name = "Ärger \"&\" Co";
    voice.consent = "I agree.\nÄrger, 2026-11-29\t\x01";
    voice.bytes = 9'000'000'000'000'000;
    CHECK (parseVoiceRecord (toJson (voice)) == voice);
    CHECK (parseVoiceRecord (record (R"(, "consent": null, "later": [1])")).value().name == "Ada");
}

TEST_CASE ("An id follows from a voice's name and recording", "[engine][server][voices]")
{
    auto voice = ada();
    const auto id = voice.id();
    CHECK (id.size() == 38);
    CHECK (keyOfVoiceId (id) == keyOfVoiceName ("Ada"));
    CHECK (id == "voice_93ff3b2c3682a6690123456789abcdef"); // on every machine
    voice.name = "ADA";
    CHECK (voice.id() == id);
    voice.consent = "yes";
    voice.createdAt = 2;
    CHECK (voice.id() == id);
    voice.hash.front() = 'f';
    CHECK (voice.id() != id);
    voice = ada();
    voice.name = "Ben";
    CHECK (voice.id() != id);
}

TEST_CASE ("Only what looks like an id leads to a file", "[engine][server][voices]")
{
    CHECK (keyOfVoiceId ("voice_" + hash) == "0123456789abcdef");
    for (const auto& other : std::vector<std::string> {
             "", hash, "voice_" + hash + "0", "voice_" + hash.substr (1), "Voice_" + hash,
             "voice_../../0123456789abcdef0123456", "voice_0123456789ABCDEF0123456789abcdef",
             "voice_0123456789abcdef/123456789abcdef",
             std::string ("voice_0123456789abcde\xff") + "0123456789abcdef" })
    {
        CAPTURE (other);
        CHECK (keyOfVoiceId (other).empty());
    }
    CHECK (keyOfVoiceId (std::string ("voice_0123456789abcdef\0"
                                      "123456789abcdef",
                                      38))
               .empty());
}

TEST_CASE ("A record that is damaged is told from one of a newer engine", "[engine][server][voices]")
{
    REQUIRE (parseVoiceRecord (record ("")));
    for (const auto* damaged :
         { "", "{", "[]", "null", "{}", R"(, "bytes": 0)", R"(, "bytes": -1)", R"(, "bytes": "7")",
           R"(, "hash": "0123")", R"(, "hash": "../../../../../../etc/passwd-----")", R"(, "name": "")",
           R"(, "name": " Ada ")", R"(, "name": 7)", R"(, "consent": 7)", R"(, "milliseconds": -1)",
           R"(, "created_at": 1e99)", R"(, "format": 0)", R"(, "format": "1")" })
    {
        const std::string text (damaged);
        CAPTURE (text);
        const auto code = codeOf (text.starts_with (',') ? record (text) : text);
        CHECK ((code == ErrorCode::InvalidInput || code == ErrorCode::OutOfRange));
    }
    CHECK (codeOf (record (R"(, "format": 2)")) == ErrorCode::Unsupported);
}

TEST_CASE ("A voice's name is one that people can read and tell from others", "[engine][server][voices]")
{
    CHECK (usableVoiceName (" Ada\t").value() == "Ada");
    CHECK (usableVoiceName ("安娜 2").value() == "安娜 2");
    CHECK (usableVoiceName ("../../etc/passwd")); // no path is made of it
    for (const auto& refused : { std::string(), std::string ("  "), std::string ("-"), std::string ("\xff"),
                                 std::string ("a\nb"), std::string ("a\0b", 3),
                                 std::string ("a\u202e"
                                              "b"),
                                 "voice_" + hash, std::string (maxVoiceNameBytes + 1, 'a') })
    {
        CAPTURE (refused);
        const auto name = usableVoiceName (refused);
        REQUIRE_FALSE (name);
        CHECK (name.error().code == ErrorCode::InvalidInput);
    }
    CHECK (usableVoiceName (std::string (maxVoiceNameBytes, 'a')));
    CHECK (usableConsent (std::string (maxConsentBytes, 'a')));
    CHECK_FALSE (usableConsent (std::string (maxConsentBytes + 1, 'a')));
    CHECK_FALSE (usableConsent ("\xff"));
}
