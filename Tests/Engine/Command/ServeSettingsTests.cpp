// SPDX-License-Identifier: Apache-2.0
// What the settings file says is what serve does.
#include <catch2/catch.hpp>

#include "ServeProcess.h"
#include "Support/Environment.h"
#include "Support/Eventually.h"

using namespace tableread;
using namespace tableread::test;
using Catch::Contains;

namespace
{
struct ServeSettings : CommandFixture
{
    /** Runs serve with a settings file. */
    void serve (const std::string& text)
    {
        const auto file = write ("s.toml", text);
        std::filesystem::permissions (file, std::filesystem::perms (0600));
        process.emplace (*this, std::vector<std::string> { "--settings", file });
        REQUIRE (isReady (*this));
    }

    RawResponse say (const std::string& voice) const
    {
        return request (ServeProcess::socket (*this), "POST", "/v1/audio/speech",
                        R"({"input": "A secret.", "response_format": "pcm", "voice": ")" + voice + "\"}");
    }

    nlohmann::json health() const
    {
        return nlohmann::json::parse (request (ServeProcess::socket (*this), "GET", "/health").body);
    }

    std::optional<ServeProcess> process;
};
} // namespace

TEST_CASE ("Names of voices and how many are kept come from the settings", "[engine][command][settings]")
{
    ServeSettings f;
    const auto file = f.path ("encoded");
    f.control->beforeVoice = [file] { std::ofstream (file, std::ios::app) << 'x'; };
    f.serve ("[serve]\nvoice_aliases = { alloy = \"ben\" }\n[cache]\nvoices = 1\n");
    const auto ben = f.say ("ben").body;
    CHECK ((f.say ("alloy").body == ben));
    CHECK (f.read ("encoded") == "x");
    CHECK ((f.say ("anna").body != ben));
    CHECK ((f.say ("ben").body == ben));
    CHECK (f.read ("encoded") == "xxx"); // there is room for one
}

TEST_CASE ("The room for recordings comes from the settings", "[engine][command][settings]")
{
    ServeSettings f;
    const bool isSmall = GENERATE (true, false);
    f.serve (isSmall ? "[cache]\nrecordings = \"1MB\"\n" : "");
    CHECK (f.say ("anna").status == (isSmall ? 503 : 200));
}

TEST_CASE ("What is logged, and how much of it is kept, comes from the settings",
           "[engine][command][settings][logging]")
{
    ServeSettings f;
    f.serve ("[log]\nfile = \"" + f.path ("e.log") +
             "\"\nlevel = \"debug\"\nsize = \"0.01MB\"\nfiles = 1\ntexts = true\n");
    for (int i = 0; i < 300; ++i) // of more than 100 bytes each
        f.health();
    CHECK (f.say ("anna").status == 200);
    CHECK (eventually ([&f] {
        return (f.read ("e.log") + f.read ("e.log.1")).find ("text=\"A secret.") != std::string::npos;
    }));
    CHECK (std::filesystem::file_size (f.path ("e.log.1")) <= 10'000);
    CHECK_FALSE (std::filesystem::exists (f.path ("e.log.2")));
}

TEST_CASE ("Places to listen at and folders of voices come from the settings", "[engine][command][settings]")
{
    ServeSettings f;
    std::filesystem::create_directory (f.path ("voices"));
    const auto recording = f.path ("voices/ada.wav");
    std::filesystem::copy_file (f.model() / "voices" / "anna.flac", recording);
    f.serve ("[serve]\nlisten = [\"127.0.0.1:0\"]\nvoice_folders = [\"" + f.path ("voices") +
             "\"]\n[log]\nfile = \"" + f.path ("e.log") + "\"\n");
    const std::string place = "listening at http://127.0.0.1:";
    REQUIRE (eventually ([&] { return f.read ("e.log").find (place) != std::string::npos; }));
    const auto log = f.read ("e.log");
    const int port = std::atoi (log.c_str() + log.find (place) + place.size());
    RawClient client ("127.0.0.1", static_cast<std::uint16_t> (port));
    const auto body = R"({"input": "Hi.", "response_format": "pcm", "tableread": {"voices": [{"path": ")" +
                      recording + R"("}]}})";
    client.send (
        "POST /v1/audio/speech HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " +
        std::to_string (body.size()) + "\r\n\r\n" + body);
    const auto answer = RawResponse::parse (client.receive());
    CAPTURE (answer.body);
    CHECK (answer.status == 200);
}

TEST_CASE ("A model that the environment names is served in place of those of the settings",
           "[engine][command][settings]")
{
    ServeSettings f;
    const Environment without ({ "TABLEREAD_MODEL" });
    const bool isNamed = GENERATE (true, false);
    if (isNamed)
        ::setenv ("TABLEREAD_MODEL", f.model().c_str(), 1);
    f.serve ("[[models]]\nname = \"small\"\npath = \"" + f.model().string() + "\"\n");
    CHECK (f.health().at ("models") == nlohmann::json { isNamed ? "mini" : "small" });
}
