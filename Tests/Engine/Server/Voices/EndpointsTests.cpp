// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdlib>
#include <ctime>

#include <catch2/catch.hpp>
#include <zlib.h>

#include "Core/ContentHash.h"
#include "Engine/Server/ServerFixture.h"
#include "Support/FileSizeLimit.h"
#include "Support/VoiceForm.h"
#include "Voice/Reader.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using nlohmann::json;

namespace
{
const std::string path = "/v1/audio/voices";

SpeechServer::Options storingIn (const TemporaryFolder& folder)
{
    SpeechServer::Options options;
    options.voiceStore = folder.path() / "voices";
    options.maxUploadBytes = 1'000'000;
    return options;
}

struct VoicesFixture
{
    explicit VoicesFixture (const std::function<void (SpeechServer::Options&)>& change = {})
        : engine ([&] {
            auto options = storingIn (data);
            if (change)
                change (options);
            return options;
        }())
    {}

    RawResponse post (const std::string& body, const std::string& more = {}) const
    {
        RawClient client (engine.path());
        client.send (headOf (body, more) + body);
        return RawResponse::parse (client.receive());
    }

    RawResponse ask (const std::string& method, const std::string& of = {}) const
    {
        return request (engine.path(), method, path + of);
    }

    /** The names that are listed. */
    std::vector<std::string> names() const
    {
        std::vector<std::string> all;
        const auto list = json::parse (ask ("GET").body);
        for (const auto& voice : list.at ("data"))
            all.push_back (voice.at ("name"));
        return all;
    }

    TemporaryFolder data;
    ServerFixture engine;
};

using Names = std::vector<std::string>;
} // namespace

TEST_CASE ("A voice can be uploaded, listed, spoken with and deleted", "[engine][server][voices]")
{
    const VoicesFixture fixture;
    const auto& engine = fixture.engine;
    const std::string sound (24'000, 's');
    const auto made = fixture.post (form ({ { "name", "Ada" },
                                            { "consent", "It is my own." },
                                            { "type", "audio_sample" },
                                            { "audio_sample", sound } }));
    REQUIRE (made.status == 200);
    CHECK (made.header ("Warning").empty());
    const auto ada = json::parse (made.body);
    const std::string id = ada.at ("id");
    CHECK (ada.at ("object") == "audio.voice");
    CHECK (ada.at ("type") == "audio_sample");
    CHECK (ada.at ("name") == "Ada");
    CHECK (std::abs (ada.at ("created_at").get<std::int64_t>() - std::time (nullptr)) < 100);
    CHECK (ada.at ("source") == "upload");
    CHECK (ada.at ("hash") == hashOfBytes (std::as_bytes (std::span (sound))));
    CHECK (ada.at ("bytes") == 24'000);
    CHECK (ada.at ("duration") == 1.0);
    CHECK (ada.at ("consent") == "It is my own.");

    const auto list = json::parse (fixture.ask ("GET").body);
    CHECK (list.at ("object") == "list");
    CHECK (fixture.names() == Names { "anna", "ben", "Ada" });
    CHECK (list.at ("data").at (0) == json { { "id", "anna" },
                                             { "object", "audio.voice" },
                                             { "type", "audio_sample" },
                                             { "name", "anna" },
                                             { "created_at", 0 },
                                             { "source", "model" } });
    CHECK (list.at ("data").at (2) == ada);
    CHECK (json::parse (fixture.ask ("GET", "/" + id).body) == ada);
    CHECK (json::parse (fixture.ask ("GET", "/ada").body) == ada);
    CHECK (json::parse (fixture.ask ("GET", "/Anna").body).at ("id") == "anna");

    auto body = ServerFixture::floats ("Hello.");
    const auto anna = engine.speak (body);
    body["voice"] = { { "id", id } };
    const auto byId = engine.speak (body);
    CHECK (byId.status == 200);
    CHECK (byId.body != anna.body);
    body["voice"] = "ADA";
    CHECK (engine.speak (body).body == byId.body);
    body["tableread"]["voices"] = { { { "id", id } } };
    CHECK (engine.speak (body).body == byId.body);
    body["tableread"]["voices"] = { { { "name", "ada" } } };
    CHECK (engine.speak (body).body == byId.body);
    body["tableread"]["voices"] = { { { "id", "anna" } } };
    CHECK (engine.speak (body).body == anna.body);

    const auto deleted = fixture.ask ("DELETE", "/" + id);
    CHECK (deleted.status == 200);
    CHECK (json::parse (deleted.body) ==
           json { { "id", id }, { "object", "audio.voice.deleted" }, { "deleted", true } });
    CHECK (fixture.names() == Names { "anna", "ben" });
    CHECK (fixture.ask ("DELETE", "/" + id).status == 404);
    CHECK (fixture.ask ("GET", "/" + id).status == 404);
    body = ServerFixture::floats ("Hello.");
    body["voice"] = { { "id", id } };
    CHECK (engine.speak (body).status == 404);
}

TEST_CASE ("An uploaded voice outlives its engine", "[engine][server][voices]")
{
    VoicesFixture fixture;
    const auto ada = fixture.post (form ({ { "name", "Ada" }, { "file", "sound" } }));
    REQUIRE (ada.status == 200);
    fixture.engine.restart();
    CHECK (json::parse (fixture.ask ("GET", "/Ada").body) == json::parse (ada.body));
    CHECK (fixture.engine.speak (ServerFixture::floats ("Hello.", "Ada")).complete);
    CHECK (fixture.names() == Names { "anna", "ben", "Ada" });
    CHECK (fixture.ask ("DELETE", "/ada").status == 200); // by its name
    CHECK (fixture.names() == Names { "anna", "ben" });
}

TEST_CASE ("A voice that is not there is refused with the field that names it",
           "[engine][server][voices][errors]")
{
    const VoicesFixture fixture;
    const auto refused = [&] (const json& voice, const json& voices = nullptr) {
        auto body = ServerFixture::floats ("Hello.");
        body["voice"] = voice;
        body["tableread"]["voices"] = voices;
        return fixture.engine.speak (body);
    };
    const auto unknown = "voice_" + std::string (32, '0');
    for (const auto& id : { unknown, std::string ("zoe"), std::string ("../../etc/passwd"),
                            std::string ("/etc/passwd"), std::string (100'000, 'x') })
    {
        const auto plain = refused ({ { "id", id } });
        CHECK (plain.status == 404);
        CHECK (errorOf (plain).at ("param") == "voice.id");
        const auto listed = refused ("anna", { { { "name", "anna" } }, { { "id", id } } });
        CHECK (listed.status == 404);
        CHECK (errorOf (listed).at ("param") == "tableread.voices[1].id");
    }
    const auto named = refused ("zoe");
    CHECK (errorOf (named).at ("param") == "voice");
    CHECK_THAT (errorOf (named).at ("message").get<std::string>(),
                Catch::Contains ("anna, ben") && Catch::Contains ("/v1/audio/voices"));
    CHECK (refused (json::object()).status == 400);
    CHECK (refused ({ { "id", 7 } }).status == 400);
}

TEST_CASE ("Names that mean other voices do not hide an uploaded one", "[engine][server][voices]")
{
    const VoicesFixture fixture ([] (auto& options) { options.aliases.own["narrator"] = "Ada"; });
    REQUIRE (fixture.post (ofVoice ("alloy", "a sound")).status == 200);
    REQUIRE (fixture.post (ofVoice ("Ada", "another sound")).status == 200);
    const auto spoken = [&] (const std::string& name) {
        return fixture.engine.speak (ServerFixture::floats ("Hello.", name)).body;
    };
    CHECK (spoken ("alloy") != spoken ("anna"));
    CHECK (spoken ("ash") == spoken ("ben"));
    CHECK (spoken ("narrator") == spoken ("Ada"));
}

TEST_CASE ("A form that cannot be used is refused with its field", "[engine][server][voices][errors]")
{
    const VoicesFixture fixture;
    using Fields = std::vector<std::pair<std::string, std::string>>;
    const auto [fields, status, field] = GENERATE (table<Fields, int, std::string> ({
        { {}, 400, "audio_sample" },
        { { { "name", "Ada" } }, 400, "audio_sample" },
        { { { "name", "Ada" }, { "file", "" } }, 400, "audio_sample" },
        { { { "audio_sample", "sound" } }, 400, "name" },
        { { { "name", " " }, { "file", "sound" } }, 400, "name" },
        { { { "name", "\xff" }, { "file", "sound" } }, 400, "name" },
        { { { "name", "Ada" }, { "name", "Eve" }, { "file", "sound" } }, 400, "name" },
        { { { "name", "Ada" }, { "file", "sound" }, { "audio_sample", "sound" } }, 400, "audio_sample" },
        { { { "name", "Ada" }, { "file", "sound" }, { "consent", "\xff" } }, 400, "consent" },
        { { { "name", "Ada" }, { "file", "sound" }, { "type", "prompt" } }, 422, "type" },
        { { { "name", "ANNA" }, { "file", "sound" } }, 409, "name" },
    }));
    const auto refused = fixture.post (form (fields));
    CHECK (refused.status == status);
    CHECK (errorOf (refused).at ("param") == field);
    CHECK (fixture.names() == Names { "anna", "ben" });
    CHECK (fixture.engine.recordingsRead == 0);
}

TEST_CASE ("A form is refused by its head where that tells", "[engine][server][voices][errors]")
{
    const VoicesFixture fixture;
    const auto statusOf = [&] (const std::string& fields) {
        RawClient client (fixture.engine.path());
        client.send ("POST " + path + " HTTP/1.1\r\nHost: engine\r\n" + fields + "\r\n");
        return RawResponse::parse (client.receive()).status;
    };
    const std::string isForm = "Content-Type: multipart/form-data; boundary=b\r\n";
    CHECK (statusOf ("Content-Type: application/json\r\nContent-Length: 9\r\n") == 415);
    CHECK (statusOf ("Content-Length: 9\r\n") == 415);
    CHECK (statusOf ("Content-Type: multipart/form-data\r\nContent-Length: 9\r\n") == 400);
    CHECK (statusOf (isForm) == 411);
    CHECK (statusOf (isForm + "Content-Length: 1000000000\r\n") == 413);
}

TEST_CASE ("A form may be packed and counts as what it unfolds to", "[engine][server][voices]")
{
    const VoicesFixture fixture;
    const auto packed = [] (const std::string& body) {
        auto size = compressBound (body.size());
        std::string bytes (size, ' ');
        compress (reinterpret_cast<Bytef*> (bytes.data()), &size,
                  reinterpret_cast<const Bytef*> (body.data()), body.size());
        return bytes.substr (0, size);
    };
    const auto statusOf = [&] (const std::string& body) {
        return fixture.post (body, "Content-Encoding: deflate\r\n").status;
    };
    CHECK (statusOf (packed (ofVoice ("Ada", "sound"))) == 200);
    CHECK (statusOf (packed (ofVoice ("Ben", std::string (1'000'000, 's')))) == 413);
    CHECK (statusOf (ofVoice ("Cora", "sound")) == 400);
    CHECK (fixture.names() == Names { "anna", "ben", "Ada" });
}

TEST_CASE ("A body without an end is refused at its limit", "[engine][server][voices][errors]")
{
    const VoicesFixture fixture;
    RawClient client (fixture.engine.path());
    client.send ("POST " + path +
                 " HTTP/1.1\r\nHost: engine\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "10000\r\n" + std::string (0x10000, 'x') + "\r\n";
    int sent = 0;
    while (sent < 1'000 && client.send (chunk))
        ++sent;
    CHECK (sent < 1'000); // the limit is 15 of them, and what the sockets hold
    CHECK (RawResponse::parse (client.receive()).status == 413);
    CHECK (fixture.ask ("GET").status == 200);
}

TEST_CASE ("A body that is cut anywhere is refused and nothing is stored", "[engine][server][voices][errors]")
{
    const VoicesFixture fixture;
    const auto body = ofVoice ("Ada", "sound");
    for (std::size_t size = 0; size + 2 < body.size(); ++size)
    {
        CAPTURE (size);
        CHECK (fixture.post (body.substr (0, size)).status == 400); // as long as it says
        RawClient client (fixture.engine.path());
        client.send (headOf (body) + body.substr (0, size));
        client.shutSendingHalf();
        CHECK (RawResponse::parse (client.receive()).status == 400);
    }
    CHECK (fixture.names() == Names { "anna", "ben" });
    CHECK (fixture.engine.recordingsRead == 0);
}

TEST_CASE ("What the reader says of an upload is said in the client's terms",
           "[engine][server][voices][errors]")
{
    VoicesFixture fixture;
    fixture.engine.control->maxPositions = 24'000L * 5 / FakeRenderer::frameSamples; // five seconds
    fixture.engine.shelf = std::make_unique<VoiceShelf> (
        fixture.engine.folder.path() / "model",
        [] (const auto& file, const auto& name, const auto& limits) -> Result<ShelfVoice> {
            ReaderProcess here;
            here.mostSeconds = limits.mostSeconds;
            auto clip = readVoice (file, name, {}, here);
            if (! clip)
                return tl::make_unexpected (clip.error());
            return ShelfVoice { { name, std::move (clip->samples) }, clip->hash };
        });
    fixture.engine.restart();
    const auto wav = [] (int seconds, char sample) {
        const std::uint32_t size = static_cast<std::uint32_t> (seconds) * 48'000;
        const auto four = [] (std::uint32_t number) {
            return std::string ({ static_cast<char> (number), static_cast<char> (number >> 8),
                                  static_cast<char> (number >> 16), static_cast<char> (number >> 24) });
        };
        std::string samples (size, '\0');
        for (std::size_t i = 0; i < size; i += 120)
            samples[i + 1] = sample;
        return "RIFF" + four (size + 36) + "WAVEfmt " + four (16) + std::string ("\1\0\1\0", 4) +
               four (24'000) + four (48'000) + std::string ("\2\0\20\0", 4) + "data" + four (size) + samples;
    };
    const auto [sound, says] = GENERATE_COPY (table<std::string, std::string> ({
        { "this is no sound", "the recording is not a readable recording" },
        { std::string ("\0\0\0\x20"
                       "ftypM4A ",
                       12) +
              std::string (100, 'x'),
          "ffmpeg -i 'recording' 'recording.wav'" },
        { wav (2, 0), "the recording is silent" },
        { wav (9, 64), "longer than the 5 s" },
    }));
    const auto refused = fixture.post (ofVoice ("Ada", sound));
    CHECK (refused.status == 400);
    CHECK (errorOf (refused).at ("param") == "audio_sample");
    const std::string message = errorOf (refused).at ("message");
    CHECK_THAT (message, Catch::Contains (says) && ! Catch::Contains (fixture.data.path().string()) &&
                             ! Catch::Contains (".part"));
    CHECK (fixture.names() == Names { "anna", "ben" });
    const auto good = fixture.post (ofVoice ("Ada", wav (2, 64)));
    CHECK (good.status == 200);
    CHECK (json::parse (good.body).at ("duration") == 2.0);
}

TEST_CASE ("Unknown fields of a form are ignored with a warning", "[engine][server][voices]")
{
    const VoicesFixture fixture;
    const auto made =
        fixture.post (form ({ { "name", "Ada" }, { "file", "sound" }, { "ref_text\xe4", "Hello." } }));
    CHECK (made.status == 200);
    CHECK (made.header ("Warning") == "299 - \"field ref_text? is not used\"");
}

TEST_CASE ("The model's own voices cannot be deleted", "[engine][server][voices][errors]")
{
    const VoicesFixture fixture;
    const auto refused = fixture.ask ("DELETE", "/ANNA");
    CHECK (refused.status == 409);
    CHECK_THAT (errorOf (refused).at ("message").get<std::string>(), Catch::Contains ("the model's own"));
    CHECK (fixture.engine.speak (ServerFixture::floats ("Hello.")).status == 200);
}

TEST_CASE ("No id reaches a file outside of the store", "[engine][server][voices][errors]")
{
    const VoicesFixture fixture;
    REQUIRE (fixture.post (ofVoice ("Ada", "sound")).status == 200);
    const auto key = keyOfVoiceName ("Ada");
    std::ofstream (fixture.data.path() / (key + ".json")) << "outside";
    for (const auto& id :
         { key, key + ".json", "voice_" + key, "voice_" + key + std::string (16, '0'),
           std::string ("voice_") + "..%2F" + key, std::string ("..%2f") + key, std::string ("%2e%2e"),
           std::string ("..."), std::string ("%00"), std::string ("a%00b"), std::string ("%ff%fe"),
           std::string (4'000, '.'), "voice_" + std::string (4'000, '0') })
    {
        CAPTURE (id);
        CHECK (fixture.ask ("GET", "/" + id).status == 404);
        CHECK (fixture.ask ("DELETE", "/" + id).status == 404);
    }
    CHECK (fixture.names() == Names { "anna", "ben", "Ada" });
    CHECK (std::filesystem::exists (fixture.data.path() / (key + ".json")));
}

TEST_CASE ("The same file from many clients at once is one voice", "[engine][server][voices]")
{
    const VoicesFixture fixture;
    const std::string sound (100'000, 's');
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 8; ++i)
    {
        clients.push_back (std::make_unique<RawClient> (fixture.engine.path()));
        const auto body =
            ofVoice (i < 6 ? "Ada" : "Eve " + std::to_string (i), i == 5 ? "another sound" : sound);
        clients.back()->send (headOf (body) + body);
    }
    std::array<int, 2> stored {};
    for (int i = 0; i < 8; ++i)
    {
        const auto status = RawResponse::parse (clients[static_cast<std::size_t> (i)]->receive()).status;
        CAPTURE (i, status);
        CHECK ((status == 200 || (i < 6 && status == 409)));
        if (i < 6)
            stored.at (i == 5 ? 1 : 0) += status == 200 ? 1 : 0;
    }
    CHECK (((stored[0] == 5 && stored[1] == 0) ||
            (stored[0] == 0 && stored[1] == 1))); // one of the two recordings
    const auto names = fixture.names();
    CHECK (names.size() == 5);
    for (const auto* name : { "Ada", "Eve 6", "Eve 7" })
        CHECK (fixture.engine.speak (ServerFixture::floats ("Hello.", name)).complete);
}

TEST_CASE ("A disk that is full is said in a sentence", "[engine][server][voices][errors]")
{
    const VoicesFixture fixture;
    const auto body = ofVoice ("Ada", std::string (100'000, 's'));
    {
        const FileSizeLimit full (50'000);
        const auto refused = fixture.post (body);
        CHECK (refused.status == 507);
        CHECK (errorOf (refused).at ("code") == "out_of_memory");
        CHECK_THAT (errorOf (refused).at ("message").get<std::string>(), Catch::Contains ("Make room"));
    }
    CHECK (fixture.names() == Names { "anna", "ben" });
    CHECK (fixture.post (body).status == 200);
}

TEST_CASE ("An engine without a store lists its own voices and takes none",
           "[engine][server][voices][errors]")
{
    const VoicesFixture fixture ([] (auto& options) { options.voiceStore.clear(); });
    CHECK (fixture.names() == Names { "anna", "ben" });
    const auto refused = fixture.post (ofVoice ("Ada", "sound"));
    CHECK (refused.status == 422);
    CHECK_THAT (errorOf (refused).at ("message").get<std::string>(), Catch::Contains ("--voice-store"));
    CHECK (fixture.engine.speak (ServerFixture::floats ("Hello.")).status == 200);
}

TEST_CASE ("Bodies that wait for a worker count as held until they are used",
           "[engine][server][voices][errors]")
{
    VoicesFixture fixture ([] (auto& options) {
        options.http.workers = 1;
        options.http.limits.bodiesBytes = 1'000'000;
    });
    std::atomic<bool> mayGoOn { false };
    fixture.engine.shelf = std::make_unique<VoiceShelf> (
        fixture.engine.folder.path() / "model", [&] (const auto& file, const auto& name, const auto& limits) {
            ++fixture.engine.recordingsRead;
            while (! mayGoOn && ! limits.isCancelled())
                std::this_thread::sleep_for (std::chrono::milliseconds (1));
            return readBytes (file, name, limits);
        });
    fixture.engine.restart();
    const auto body = ofVoice ("Ada", std::string (600'000, 's'));
    RawClient client (fixture.engine.path());
    client.send (headOf (body) + body);
    REQUIRE (eventually ([&] { return fixture.engine.recordingsRead == 1; }));
    CHECK (fixture.post (body).status == 503);
    const bool leaves = GENERATE (true, false); // then the reading is cancelled
    leaves ? client.hangUp() : mayGoOn.store (true);
    CHECK (eventually ([&] { return fixture.ask ("GET").status == 200; }));
    mayGoOn = true;
    CHECK (eventually ([&] { return fixture.post (body).status == 200; }));
}

TEST_CASE ("An upload that is too large to decode waits for room", "[engine][server][voices][errors]")
{
    const VoicesFixture fixture ([] (auto& options) { options.voicesBytes = 1'000; });
    const auto refused = fixture.post (ofVoice ("Ada", "sound"));
    CHECK (refused.status == 503);
    CHECK (refused.header ("Retry-After") == "1");
    CHECK (fixture.names() == Names { "anna", "ben" });
}
