// SPDX-License-Identifier: GPL-3.0-or-later
// The built plugin in a host that plays in real time.
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <random>
#include <regex>
#include <set>
#include <thread>

#include <catch2/catch.hpp>

#include "HostedPlugin.h"
#include "PlainLv2.h"
#include "PluginEnvironment.h"
#include "PluginFixture.h"
#include "PluginFormats.h"
#include "StateText.h"
#include "Support/SpeechPlaces.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
/** The scene with its lines anchored a second apart, so that each sample is of one of them. */
std::string anchoredScene()
{
    return StateText {
        scene, 5, false,
        [] (project::Project& source) {
            double at = 0.0;
            const auto before = source.document();
            for (const auto& line : before->lines)
                REQUIRE (source.edit (project::SetAnchor { line->id, project::AtSeconds { at++ } }));
        }
    }.text();
}

/** Plays in blocks of any size, a little slower than they are heard. */
std::vector<float> playInTime (HostedPlugin& plugin, std::int64_t to)
{
    constexpr double speed = 0.8;
    std::minstd_rand dice (7);
    std::vector<float> heard;
    const auto begun = std::chrono::steady_clock::now();
    for (std::int64_t at = 0; at < to;)
    {
        const auto count = std::min<std::int64_t> (1 + (std::int64_t) (dice() % 900), to - at);
        const auto block = plugin.bounce (at, at + count, (int) count);
        heard.insert (heard.end(), block.begin(), block.end());
        at += count;
        std::this_thread::sleep_until (
            begun + std::chrono::duration<double> ((double) at / plugin.transport().rate / speed));
    }
    return heard;
}

/** The texts of the reports in a store. */
std::vector<std::string> reportsIn (const std::filesystem::path& takes)
{
    std::vector<std::string> texts;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator (takes / "reports", none))
    {
        std::ifstream in (entry.path());
        texts.emplace_back (std::istreambuf_iterator<char> (in), std::istreambuf_iterator<char>());
    }
    return texts;
}

/** How many samples are otherwise than a report says: outside its places each is right, within them each is silent or faded, and
    there is speech. */
std::int64_t faultsOf (const std::vector<float>& heard, const std::vector<float>& right,
                       const std::string& report)
{
    std::vector<char> isNamed (heard.size());
    const std::regex places (R"(\(samples (\d+) to (\d+)\))");
    for (std::sregex_iterator place (report.begin(), report.end(), places), end; place != end; ++place)
        for (auto at = std::stoul ((*place)[1]); at < std::min (std::stoul ((*place)[2]), heard.size()); ++at)
            isNamed[at] = 1;
    std::int64_t faults = 0;
    for (std::size_t i = 0; i < heard.size(); ++i)
        faults += isNamed[i] != 0 ? (heard[i] == right[i] && right[i] != 0.0f) || ! isSpeech (right, i) ||
                                        std::abs (heard[i]) > std::abs (right[i])
                                  : heard[i] != right[i];
    return faults;
}
} // namespace

TEST_CASE (
    "In real time a slow engine's speech is silent where it is late, and a file names exactly these places",
    "[plugin][host][late]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    constexpr double rate = 44'100.0;
    test::FakeFaults slow;
    slow.frameMs = 100; // a frame is 133 ms of speech; the first ones come too late
    PluginFixture fixture (slow);
    const PluginEnvironment environment (fixture.folder.path());
    HostedPlugin plugin (format.name, format.bundle, rate, 1'024);
    plugin.load (anchoredScene());
    plugin->setNonRealtime (false);
    const auto length = (std::int64_t) (3.0 * rate);
    const auto heard = playInTime (plugin, length);
    plugin.stop();
    plugin->setNonRealtime (true);
    const auto right = plugin.bounce (0, length, 1'024);
    plugin.stop();
    CHECK (std::any_of (heard.begin(), heard.end(), [] (float sample) { return sample != 0.0f; }));
    CHECK ((heard != right));

    const auto takes = fixture.folder.path() / "takes";
    CHECK (eventually ([&] {
        const auto reports = reportsIn (takes);
        return reports.size() == 1 && faultsOf (heard, right, reports[0]) == 0;
    }));
    const auto reports = reportsIn (takes);
    REQUIRE (reports.size() == 1);
    CHECK (faultsOf (heard, right, reports[0]) == 0);
    CHECK_THAT (reports[0],
                Catch::StartsWith ("What was played has ") && Catch::Contains (", Anna: it was not"));

    plugin->setNonRealtime (false); // what is heard whole later is another time, and changes nothing of that
    CHECK ((playInTime (plugin, 10'000) == std::vector (right.begin(), right.begin() + 10'000)));
    plugin.stop();
    std::this_thread::sleep_for (std::chrono::milliseconds (500));
    CHECK (reportsIn (takes) == reports);
}

TEST_CASE ("A bypassed plugin is silent, waits for nothing, and then plays on in its place", "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    PluginFixture fixture;
    const PluginEnvironment environment (fixture.folder.path());
    const auto expected = expectedSound (48'000.0, 5);
    HostedPlugin plugin (format.name, format.bundle, 48'000.0, 512);
    plugin.load (StateText { scene, 5, false }.text());
    auto* bypass = plugin->getBypassParameter();
    REQUIRE (bypass != nullptr);
    bypass->setValue (1.0f);
    CHECK ((plugin.bounce (0, 20'000, 512) == std::vector<float> (20'000)));
    CHECK (fixture.engine.jobs() == 0);
    bypass->setValue (0.0f);
    CHECK ((plugin.bounce (20'000, 40'000, 512) ==
            std::vector (expected.begin() + 20'000, expected.begin() + 40'000)));
    bypass->setValue (1.0f);
    CHECK ((plugin.bounce (40'000, 60'000, 512) == std::vector<float> (20'000)));
}

TEST_CASE ("A host that rounds its positions hears in real time what an exact one does", "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    PluginFixture fixture;
    const PluginEnvironment environment (fixture.folder.path());
    const auto expected = expectedSound (48'000.0, 5);
    HostedPlugin plugin (format.name, format.bundle, 48'000.0, 512);
    plugin.load (StateText { scene, 5, false }.text());
    REQUIRE ((plugin.bounce (0, (std::int64_t) expected.size(), 512) == expected));
    plugin.stop();
    plugin->setNonRealtime (false);
    std::minstd_rand dice { 3 };
    std::vector<float> heard;
    juce::MidiBuffer midi;
    constexpr int from = 4'800, beside = 2; // where the first block is, as the host says
    while (heard.size() < 40'000)           // after a second it would be a bounce
    {
        juce::AudioBuffer<float> audio (2, 1 + (int) (dice() % 512));
        const auto rounded = heard.empty() ? beside : (int) (dice() % 7) - 3;
        plugin.transport().sample = from + (int) heard.size() + rounded;
        plugin->processBlock (audio, midi);
        heard.insert (heard.end(), audio.getReadPointer (0),
                      audio.getReadPointer (0) + audio.getNumSamples());
    }
    CHECK (std::equal (heard.begin(), heard.end(), expected.begin() + from + beside));
}

// JUCE 7's VST3 host does not show what comes with a block: Vst3MeterTests.cpp looks at that.
TEST_CASE ("A host sees how much is rendered", "[plugin][host]")
{
    test::FakeFaults slow;
    slow.frameMs = 60;
    PluginFixture fixture (slow);
    const PluginEnvironment environment (fixture.folder.path());
    PlainLv2 plugin (TABLEREAD_LV2);
    plugin.load (StateText { scene, 5, true }.text());
    std::set<float> seen;
    CHECK (eventually ([&] {
        const auto said = plugin.run();
        const auto rendered = said.find ("rendered");
        if (rendered != said.end())
            seen.insert (rendered->second);
        return seen.size() > 3 && rendered != said.end() && rendered->second == 1.0f;
    }));
    CHECK (*seen.begin() < 0.2f);
    CHECK (fixture.engine.jobs() == 5);
}

TEST_CASE ("A host that sets how much is rendered has the right number again at once, and changes nothing",
           "[plugin][host]")
{
    PluginFixture fixture;
    const PluginEnvironment environment (fixture.folder.path());
    PlainLv2 plugin (TABLEREAD_LV2);
    plugin.load (StateText { scene, 5, true }.text());
    const auto isSaid = [&] (float value) {
        const auto said = plugin.run();
        const auto rendered = said.find ("rendered");
        return rendered != said.end() && rendered->second == value;
    };
    REQUIRE (eventually ([&] { return documentIn (plugin.save()).takes.size() == 5; }));
    const auto saved = plugin.save();
    for (const float value : { 0.25f, 0.0f, -3.0f, 7.0f })
    {
        CAPTURE (value);
        plugin.run ({ { "rendered", value } });
        if (value < 1.0f) // a greater one is none
            CHECK (eventually ([&] { return isSaid (1.0f); }, std::chrono::seconds (1)));
        CHECK (plugin.save() == saved);
    }
    plugin.run ({ { "wait", 2.0f } }); // which it can set
    CHECK (eventually (
        [&] { return documentIn (plugin.save()).settings.host.wait == project::RenderWait::Never; }));
}
