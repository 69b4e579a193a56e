// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "CommandFixture.h"
#include "Engine/Offload/ProfileFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
/** The spans of this many frames as a GPU records them, 20 ms each. */
std::vector<ProfileSpan> someFrames (int frames)
{
    ProfiledModel model ({ .interval = 0 });
    for (int frame = 0; frame < frames; ++frame)
        model.profiledFrame (1.0);
    return model.profiler.take();
}
} // namespace

TEST_CASE ("Profile measures as many frames as were asked for, after warm-up frames",
           "[engine][command][profile]")
{
    CommandFixture engine;
    engine.control->profile = someFrames (13);
    const auto trace = engine.path ("trace.json");
    const auto outcome =
        engine.run ({ "profile", "--frames", "5", "--batch", "2", "--gpu-layers", "8", "--weights", "int8",
                      "--trim", "always", "--context", "300", "--json", "--trace", trace });
    REQUIRE (outcome.code == 0);
    CHECK (engine.loaded.profiling == Profiling::On);
    CHECK (engine.loaded.offload.gpuLayers == 8);
    CHECK (engine.loaded.offload.settings.passages == 2);
    CHECK (engine.loaded.offload.settings.positions == 300);
    CHECK (engine.control->passagesRendered == 2);
    CHECK (engine.control->exactFrames == 13);
    const auto json = nlohmann::json::parse (outcome.out);
    CHECK (json["frames"] == 5);
    CHECK (json["settling_frames"] == 8);
    CHECK (json["passages"] == 2);
    CHECK (json["dtype"] == "bf16 with layers in int8");
    CHECK (json["frame_ms"]["median"].get<double>() == Approx (20.0));
    const auto written = nlohmann::json::parse (engine.read ("trace.json"));
    CHECK (written["traceEvents"][0]["args"]["name"] == "tableread-engine, fake");
    CHECK (written["traceEvents"].size() > 13);

    const auto table = engine.run ({ "profile", "--frames", "5" });
    CHECK (table.code == 0);
    CHECK_THAT (table.out, Contains ("where a frame's time goes") && Contains ("exposed wait for copies"));
}

TEST_CASE ("Profile takes the options of bench", "[engine][command][profile]")
{
    CommandFixture engine;
    const auto lines = [&engine] (const char* command) {
        std::set<std::string> found;
        std::istringstream help (engine.run ({ command, "--help" }).out);
        for (std::string word; help >> word;)
            if (word.starts_with ("--"))
                found.insert (word.substr (0, word.find_first_of (",[=")));
        return found;
    };
    const auto bench = lines ("bench"), profile = lines ("profile");
    const std::set<std::string> own { "--runs", "--sweep", "--csv", "--plot", "--arrivals", "--rate" };
    for (const auto& option : bench)
        if (! own.contains (option))
        {
            CAPTURE (option);
            CHECK (profile.contains (option));
        }
    CHECK (profile.contains ("--random-weights"));
    CHECK (profile.contains ("--voice-seconds"));
}

TEST_CASE ("A profile that cannot be made or written is reported in words",
           "[engine][command][profile][errors]")
{
    CommandFixture engine;
    const auto none = engine.run ({ "profile" }); // a renderer that records nothing
    CHECK (none.code == 1);
    CHECK_THAT (none.err, Contains ("no frame"));
    engine.control->profile = someFrames (10);
    CHECK (engine.run ({ "profile", "--trace", engine.path ("no/such/folder.json") }).code == 2);
    CHECK (engine.run ({ "profile", "--frames", "0" }).code == 2);
    CHECK (engine.run ({ "profile", "--batch", "17" }).code == 2);
}
