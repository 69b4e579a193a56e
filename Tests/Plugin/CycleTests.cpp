// SPDX-License-Identifier: GPL-3.0-or-later
// The plugin is loaded and unloaded again and again while an engine speaks for it. With the address sanitizer in the program, what is
// lost or freed twice on the way is reported at its end.
#include <iterator>

#include <catch2/catch.hpp>

#include "HostedPlugin.h"
#include "PluginEnvironment.h"
#include "PluginFixture.h"
#include "PluginFormats.h"
#include "StateText.h"
#include "Support/FileContent.h"

using namespace tableread;
using namespace tableread::test;
namespace fs = std::filesystem;

namespace
{
/** What this process has of a kind: "task" are threads, "fd" open files. */
std::ptrdiff_t countOf (const char* kind)
{
    return std::distance (fs::directory_iterator (fs::path ("/proc/self") / kind), fs::directory_iterator());
}

bool isInMemory (const fs::path& bundle)
{
    return contentOf ("/proc/self/maps").find (bundle.string()) != std::string::npos;
}

/** Loads the plugin, has it render, and unloads it in the middle of its first line. */
void cycle (const PluginFormat& format, int number)
{
    FakeFaults endless;
    endless.waits = true;
    PluginFixture fixture (endless);
    const PluginEnvironment environment (fixture.folder.path());
    {
        HostedPlugin plugin (format.name, format.bundle, 48'000.0, 512);
        plugin->setNonRealtime (false);
        plugin.load (StateText { scene, (std::uint64_t) number }.text());
        REQUIRE (eventually ([&] { return fixture.engine.jobs() == 1; }));
        (void) plugin.bounce (0, 2'048, 512); // in real time: it waits for nothing
        if (number % 2 == 0)
            REQUIRE_FALSE (plugin.save().empty());
    }
    REQUIRE (eventually ([&] { return fixture.engine.cancelled() == 1; }));
    REQUIRE (fixture.engine.jobs() == 1);
}
} // namespace

TEST_CASE ("The plugin is unloaded while it renders, again and again, and leaves nothing behind",
           "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    cycle (format, 0); // what a process makes once
    const auto threads = countOf ("task"), files = countOf ("fd");
    for (int i = 1; i <= TABLEREAD_CYCLES; ++i)
    {
        cycle (format, i);
        REQUIRE (isInMemory (format.bundle) == keepsLibraries);
        REQUIRE (eventually ([&] { return countOf ("task") <= threads; }));
        REQUIRE (countOf ("fd") <= files);
    }
}
