// SPDX-License-Identifier: Apache-2.0
// What Prometheus itself thinks of the metrics.
#include <cstdio>

#include <catch2/catch.hpp>

#include "MeteredEngine.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

TEST_CASE ("Prometheus's own tool has nothing to say against the metrics", "[engine][server][metrics][.slow]")
{
    MeteredEngine metered;
    metered.engine.control->device.name = "NVIDIA \"Fake\"";
    metered.engine.control->plannedMemory = MemoryTable {};
    metered.engine.control->maxPositions = 100;
    metered.engine.restart();
    (void) metered.engine.speak (ServerFixture::floats ("Hello."));
    (void) metered.engine.speak ({ { "model", "another" }, { "input", "Hello." } });
    const auto text = request (metered.engine.path(), "GET", "/metrics").body;
    CHECK (Scrape (text).all ("gpu_memory_bytes").size() == 6);
    CHECK (Scrape (text).all ("gpu_planned_memory_bytes").size() == 6);
    CHECK (Scrape (text).all ("kv_cache_usage_perc").size() == 1);
    const auto file = metered.engine.folder.path() / "metrics";
    std::ofstream (file) << text;
    const auto said = metered.engine.folder.path() / "said";
    INFO ("Assets/setup/test soak installs promtool");
    const int status =
        std::system (("promtool check metrics < " + file.string() + " > " + said.string() + " 2>&1").c_str());
    std::ifstream in (said);
    CHECK (std::string (std::istreambuf_iterator<char> (in), {}) == "");
    CHECK (status == 0);
}
