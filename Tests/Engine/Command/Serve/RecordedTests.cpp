// SPDX-License-Identifier: Apache-2.0
// What the plugin's client sent before the engine spoke for many (Tests/Data/requests), byte for byte: it still gets what
// `render` writes.
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "Support/EngineProgram.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
struct Recorded
{
    std::string name;    // of the file
    std::string script;  // what it asks for
    std::string options; // of render
};

const std::vector<Recorded> recorded {
    { "line", "Anna: Good evening.\n", "--seed 7 --cfg 2" },
    { "scene", "Anna: Good evening.\nBen: You’re late…\nAnna: I know.\n",
      "--seed 18446744073709551615 --cfg 1.3 --steps 5 --passage scene" },
    { "default", "Clara: Who is there?\n", "--cfg 1.3" },
};

std::string contentOf (const std::filesystem::path& file)
{
    std::ifstream in (file, std::ios::binary);
    return { std::istreambuf_iterator<char> (in), {} };
}

std::string recordedRequest (const std::string& name)
{
    auto bytes = contentOf (TABLEREAD_ROOT "/Tests/Data/requests/" + name + ".http");
    REQUIRE (! bytes.empty());
    return bytes;
}

std::vector<float> rendered (const Recorded& what, const std::filesystem::path& folder)
{
    std::ofstream (folder / "script.txt") << what.script;
    const auto command = "cd '" + folder.string() +
                         "' && '" TABLEREAD_ENGINE_PROGRAM "' render script.txt --model '" +
                         EngineProgram::model() + "' --device cpu --format f32 -o speech.wav " +
                         what.options + " > said.txt 2>&1";
    const int code = std::system (command.c_str()); // NOLINT(concurrency-mt-unsafe): the only thread
    CAPTURE (contentOf (folder / "said.txt"));
    REQUIRE (code == 0);
    return readSound (folder / "speech.wav").samples;
}
} // namespace

TEST_CASE ("The requests of earlier plugins get what render writes", "[.slow][engine][command][serve][drill]")
{
    const TemporaryFolder folder;
    const EngineProgram engine (TABLEREAD_ENGINE_PROGRAM);
    for (const auto& each : recorded)
    {
        CAPTURE (each.name);
        RawClient client (engine.socket());
        client.send (recordedRequest (each.name));
        const auto answer = RawResponse::parse (client.receive());
        CHECK (answer.status == 200);
        CHECK (answer.complete);
        CHECK (answer.header ("Content-Type") == "audio/pcm");
        std::vector<float> heard (answer.body.size() / sizeof (float));
        std::memcpy (heard.data(), answer.body.data(), heard.size() * sizeof (float));
        CHECK (heard.size() > 3'200);
        CHECK ((heard == rendered (each, folder.path())));
    }
    RawClient client (engine.socket());
    client.send (recordedRequest ("health"));
    const auto health = RawResponse::parse (client.receive());
    CHECK (health.status == 200);
    CHECK (health.complete);
    CHECK (nlohmann::json::parse (health.body).at ("protocol") == 1);
}
