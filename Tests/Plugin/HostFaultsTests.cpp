// SPDX-License-Identifier: GPL-3.0-or-later
// The plugin in a host with engines that are absent, hang or are another one, with a thread that is blocked, and with damaged states.
#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include <catch2/catch.hpp>

#include "HostedPlugin.h"
#include "PluginEnvironment.h"
#include "PluginFixture.h"
#include "PluginFormats.h"
#include "StateText.h"
#include "Support/Environment.h"
#include "Support/FileContent.h"
#include "Support/Instrumented.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;

namespace
{
constexpr std::uint64_t seed = 8;
constexpr double rate = 48'000.0;

/** The newest report of a bounce beside the takes; empty: there is none. */
std::string reportIn (const std::filesystem::path& takes)
{
    std::error_code none;
    std::string newest;
    for (const auto& entry : std::filesystem::directory_iterator (takes / "reports", none))
        newest = std::max (newest, entry.path().string());
    return contentOf (newest);
}

/** The bounce has five slates, the first at its start, and a report that names them is there when it is over. */
void bounceIsSlates (HostedPlugin& plugin, const std::filesystem::path& takes)
{
    const auto begun = std::chrono::steady_clock::now();
    const auto heard = plugin.bounce (0, 20 * (std::int64_t) rate, 512);
    if (! isInstrumented)
        CHECK (std::chrono::steady_clock::now() - begun < 15s);
    CHECK (*std::max_element (heard.begin(), heard.begin() + 1'000) == Approx (0.1f).margin (1e-3));
    plugin->releaseResources();
    plugin->prepareToPlay (rate, 512);
    CHECK (eventually ([&] { return reportIn (takes).find ("The bounce has 5 gaps") != std::string::npos; }));
}

void bounceIsWhole (HostedPlugin& plugin)
{
    const auto expected = expectedSound (rate, seed);
    CHECK ((plugin.bounce (0, (std::int64_t) expected.size(), 512) == expected));
}
} // namespace

TEST_CASE ("A host's bounce has a slate for each line that an engine does not speak, and all once it does",
           "[plugin][host][faults]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    const TemporaryFolder folder;
    const auto socket = folder.path() / "engine.sock";
    const PluginEnvironment environment (socket.parent_path(), "/nowhere/tableread-engine");
    FakeFaults faults;
    std::optional<FakeEngine> engine;
    SECTION ("it is absent")
    {}
    SECTION ("it hangs")
    {
        faults.hangs = true;
        engine.emplace (socket, faults);
    }
    SECTION ("it is of another protocol")
    {
        faults.protocol = 2;
        engine.emplace (socket, faults);
    }
    HostedPlugin plugin (format.name, format.bundle, rate, 512);
    plugin.load (StateText { scene, seed, true, makeImpatient }.text());
    bounceIsSlates (plugin, folder.path() / "takes");
    engine.reset();
    engine.emplace (socket);
    bounceIsWhole (plugin);
}

TEST_CASE ("Without a display a VST3 host is offered no window", "[plugin][host][faults]")
{
    const Environment hidden ({ "DISPLAY" });
    PluginFixture fixture;
    const PluginEnvironment environment (fixture.folder.path());
    HostedPlugin plugin ("VST3", TABLEREAD_VST3, rate, 512);
    CHECK_FALSE ((*plugin).hasEditor());
}

TEST_CASE ("A host's bounce waits for an engine that loads, however little patience it has",
           "[plugin][host][faults]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    FakeFaults faults;
    faults.loadMs = 3'000;
    PluginFixture fixture (faults);
    const PluginEnvironment environment (fixture.folder.path());
    HostedPlugin plugin (format.name, format.bundle, rate, 512);
    plugin.load (StateText { scene, seed, true, makeImpatient }.text());
    bounceIsWhole (plugin);
}

TEST_CASE ("A host's bounce on another thread goes on while the message thread is blocked",
           "[plugin][host][faults][threads]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    FakeFaults slow;
    slow.frameMs = 5;
    PluginFixture fixture (slow);
    const PluginEnvironment environment (fixture.folder.path());
    HostedPlugin plugin (format.name, format.bundle, rate, 512);
    plugin.load (StateText { scene, seed, true, makeImpatient }.text());
    const auto expected = expectedSound (rate, seed);
    std::vector<float> heard;
    std::thread exporter ([&] { heard = plugin.bounce (0, (std::int64_t) expected.size(), 512); });
    const juce::MessageManagerLock
        nobodyElse; // and this thread, which is the host's message thread, does nothing
    exporter.join();
    CHECK ((heard == expected));
}

namespace
{
/** Loads a state that was cut or changed at every `step`-th byte. */
void loadDamaged (const PluginFormat& format, std::size_t step)
{
    const TemporaryFolder folder;
    const PluginEnvironment environment (folder.path());
    HostedPlugin plugin (format.name, format.bundle, rate, 512);
    const auto whole = StateText { "Anna: Good evening.\nBen: Is it?\n", seed, false }.text();
    auto end = whole.size();
    while (whole[end - 1] != '}') // white space behind it is not missed
        --end;
    std::size_t others = 0;
    for (std::size_t at = 1; at < end; at += step)
    {
        const auto cut = whole.substr (0, at);
        plugin.load (cut);
        others += plugin.save() == cut ? 0 : 1;
    }
    CHECK (others == 0);
    for (std::size_t at = 0; at < end; at += step)
    {
        auto changed = whole;
        changed[at] = (char) (changed[at] ^ 0x01);
        plugin.load (changed);
        (void) plugin.save();
        (void) plugin.bounce (0, 512, 512);
    }
    plugin.load (whole);
    CHECK (plugin.save() == whole);
}
} // namespace

TEST_CASE ("A host may load states that were cut or changed somewhere", "[plugin][host][state][faults]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    loadDamaged (format, 29);
}

TEST_CASE ("A host may load states that were cut or changed anywhere", "[plugin][host][state][faults][.slow]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    loadDamaged (format, 1);
}
