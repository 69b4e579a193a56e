// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "Bench/LoadCommand.h"
#include "Core/ExitCodes.h"
#include "ScriptedEngine.h"

using namespace tableread;
using namespace tableread::test;
using Json = nlohmann::json;

namespace
{
struct Ran
{
    int code = 0;
    std::string out, err;
};

Ran load (const std::filesystem::path& socket, std::vector<std::string> options = {})
{
    options.insert (options.begin(), { "--socket", socket.string(), "--seconds", "0.2" });
    std::ostringstream out, err;
    const int code = runLoadCommand (options, out, err);
    return { code, out.str(), err.str() };
}

Pieces spoken (const Json&, int)
{
    return { { speech ("abcdefgh"), 5 } };
}
} // namespace

TEST_CASE ("tableread-load prints what it measured", "[bench][command]")
{
    const ScriptedEngine engine (spoken);
    const std::vector<std::string> all {
        "--clients", "2",    "--health",      "--compare", "--baseline", "--pid", std::to_string (::getpid()),
        "--voice",   "anna", "--client-names"
    };
    const auto ran = load (engine.path(), all);
    CHECK (ran.code == exitOk);
    CHECK (ran.err.empty());
    for (const char* row : { "requests", "jobs", "throughput", "first audio", "/health", "memory, MB",
                             "threads", "descriptors", "to 1 client(s)" })
        CHECK_THAT (ran.out, Catch::Contains (std::string ("\n") + row));
    const auto asked = engine.requests().back();
    CHECK (asked["input"] == "Hi there.");
    CHECK (asked["voice"] == "anna");
    CHECK_THAT (asked["tableread"]["client"].get<std::string>(), Catch::StartsWith ("c"));

    const auto json =
        Json::parse (load (engine.path(), { "--json", "--client-names=late", "--baseline=3" }).out);
    CHECK (json["good"] == true);
    CHECK (json["load"]["done"].get<int>() > 0);
    CHECK (json["load"]["first_audio_ms"]["p95"].get<double>() >= 5);
    CHECK (json["baseline"]["clients"] == 3);
    CHECK (json["engine"]["frame_ms"] == 100);
    CHECK (engine.requests().back()["tableread"]["client"] == "late0");
}

TEST_CASE ("Lines and voices are taken in turn", "[bench][command]")
{
    const ScriptedEngine engine (spoken);
    const TemporaryFolder folder;
    std::ofstream (folder.path() / "lines.txt") << "One.\n\nTwo.\n";
    CHECK (load (engine.path(), { "--texts", (folder.path() / "lines.txt").string(), "--voice", "anna",
                                  "--voice", "ben", "--voice", "voices/clara.wav" })
               .code == exitOk);
    const auto requests = engine.requests();
    REQUIRE (requests.size() > 6);
    CHECK (requests[0]["input"] == "One.");
    CHECK (requests[0]["voice"] == "anna");
    CHECK (requests[1]["input"] == "Two.");
    CHECK (requests[1]["voice"] == "ben");
    CHECK (requests[2]["input"] == "One.");
    CHECK (requests[2]["tableread"]["voices"][0]["path"] ==
           (std::filesystem::current_path() / "voices/clara.wav").string());
    CHECK (requests[3]["input"] == "Two.");
    CHECK (requests[3]["voice"] == "anna");
}

TEST_CASE ("The exit code of tableread-load says what happened", "[bench][command]")
{
    SECTION ("a stream that was cut")
    {
        const ScriptedEngine engine ([] (const Json& request, int index) {
            return index == 1 ? Pieces { { audioHead + chunk ("abcdefgh") } } : spoken (request, index);
        });
        const auto ran = load (engine.path());
        CHECK (ran.code == exitInternal);
        CHECK_THAT (ran.out, Catch::Contains ("ERROR               1 x the body was cut"));
    }
    SECTION ("a stream that differs")
    {
        const ScriptedEngine engine ([] (const Json&, int index) {
            return Pieces { { speech (index == 2 ? "abcdefgH" : "abcdefgh"), 5 } };
        });
        const auto ran = load (engine.path(), { "--compare" });
        CHECK (ran.code == exitInternal);
        CHECK_THAT (ran.out, Catch::Contains ("DIFFERENT"));
    }
    SECTION ("only 503s")
    {
        const ScriptedEngine engine ([] (const Json&, int) { return Pieces { { refusal (503, "{}") } }; });
        CHECK (load (engine.path()).code == exitInternal);
    }
    SECTION ("no engine")
    {
        const TemporaryFolder folder;
        const auto ran = load (folder.path() / "none.sock");
        CHECK (ran.code == exitTryAgain);
        CHECK_THAT (ran.err, Catch::Contains ("no engine answers"));
    }
    SECTION ("arguments that make no sense")
    {
        const ScriptedEngine engine (spoken);
        CHECK (load (engine.path(), { "--clients", "0" }).code == exitRefused);
        CHECK (load (engine.path(), { "--rate", "nan" }).code == exitRefused);
        CHECK (load (engine.path(), { "--finish", "NaN" }).code == exitRefused);
        CHECK (load (engine.path(), { "--due-ms", "inf" }).code == exitRefused);
        CHECK (load (engine.path(), { "--seconds", "2", "--settle", "2" }).code == exitRefused);
        CHECK (load (engine.path(), { "--format", "mp3" }).code == exitRefused);
        CHECK (load (engine.path(), { "--seed", "-1" }).code == exitRefused);
        CHECK (load (engine.path(), { "--texts", "none.txt" }).code == exitRefused);
        CHECK (load (engine.path(), { "--pid", "0" }).code == exitRefused);
        CHECK (load (engine.path().string() + std::string (108, 'x')).code == exitRefused);
        CHECK (load (engine.path(), { "--help" }).code == exitOk);
    }
}
