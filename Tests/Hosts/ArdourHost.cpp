// SPDX-License-Identifier: GPL-3.0-or-later
#include "ArdourHost.h"

#include <algorithm>
#include <fstream>
#include <regex>
#include <utility>

#include <catch2/catch.hpp>

#include "Support/SoundFiles.h"

namespace tableread::test
{
namespace
{
const std::string programs = "/usr/lib/ardour7/";

std::string find (const std::string& text, const char* pattern)
{
    std::smatch found;
    CAPTURE (pattern, text);
    REQUIRE (std::regex_search (text, found, std::regex (pattern)));
    return found[1];
}

void replace (std::string& text, const std::string& old, const std::string& fresh)
{
    const auto at = text.find (old);
    CAPTURE (old, text);
    REQUIRE (at != std::string::npos);
    text.replace (at, old.size(), fresh);
}

/** So that Ardour asks nothing when it starts, and plays to no device. */
void writeSettings (const std::filesystem::path& folder)
{
    std::filesystem::create_directories (folder);
    const std::ofstream notTheFirstTime (folder / ".a7");
    std::ofstream (folder / "config")
        << "<Ardour><Config><Option name=\"hide-dummy-backend\" "
           "value=\"0\"/></Config><Extra><AudioMIDISetup><EngineStates><State backend=\"None (Dummy)\" "
           "driver=\"Normal Speed\" device=\"Silence\" input-device=\"Silence\" output-device=\"Silence\" "
           "sample-rate=\"48000\" buffer-size=\"1024\" n-periods=\"0\" input-latency=\"0\" "
           "output-latency=\"0\" active=\"1\" use-buffered-io=\"0\" midi-option=\"No MIDI I/O\"/>"
           "</EngineStates></AudioMIDISetup></Extra></Ardour>";
}
} // namespace

ArdourHost::ArdourHost (const HostScene& where, std::string pluginFormat)
    : stage (where)
    , format (std::move (pluginFormat))
{
    if (format == "VST3") // what was not scanned is not found
        run ({ programs + "ardour-vst3-scanner", "-f", TABLEREAD_VST3 });
    // The plugin knows Ardour by its program's name, which this one lacks.
    REQUIRE (std::filesystem::copy_file (programs + "luasession", stage.path ("ardour-lua")));
}

void ArdourHost::make (const std::string& place) const
{
    run ({ stage.path ("ardour-lua"), script ("ardour-make.lua"), folder(), std::to_string (rate), format,
           place });
}

void ArdourHost::setState (const std::string& state, std::size_t samples) const
{
    constexpr std::size_t superclocks = 282'240'000; // Ardour's, per second
    auto text = readFile (document());
    replace (text, "<Locations/>",
             "<Locations><Location id=\"99999\" name=\"session\" start=\"a0\" end=\"a" +
                 std::to_string (samples * (superclocks / rate)) +
                 "\" flags=\"IsSessionRange\" locked=\"0\" position-lock-style=\"AudioTime\"/></Locations>");
    if (format == "VST3")
    {
        const auto preset = HostScene::preset (state);
        const auto old = find (text, "<chunk>([^<]+)</chunk>");
        replace (text, old, juce::Base64::toBase64 (preset.data(), preset.size()).toStdString());
    }
    else
        std::ofstream (lv2State()) << HostScene::turtle (state);
    std::ofstream (document()) << text;
}

void ArdourHost::play() const
{
    run ({ stage.path ("ardour-lua"), script ("ardour-play.lua"), folder() });
}

std::unique_ptr<RunningProgram> ArdourHost::open (const VirtualDisplay& display) const
{
    auto text = readFile (document());
    const auto route = find (text, "<Route [^>]*id=\"([0-9]+)\" name=\"voice\""),
               processor = find (text, "<Processor id=\"([0-9]+)\" name=\"TableRead\"");
    replace (text, "</Session>",
             "<Extra><UI><Window name=\"P-" + route + "-" + processor +
                 "\" visible=\"1\" x-off=\"0\" y-off=\"0\" custom-ui=\"1\"/></UI></Extra></Session>");
    std::ofstream (document()) << text;
    writeSettings (stage.path ("home/CONFIG/ardour7"));
    return std::make_unique<RunningProgram> (
        words ({ "GTK_PATH=/etc/ardour7:/usr/lib/ardour7", "ARDOUR_TRY_AUTOSTART_ENGINE=1",
                 "DISPLAY=" + display.name(), programs + "ardour-7.3.0~ds0", "--no-announcements",
                 "--no-splash", document() }),
        stage.path ("ardour"));
}

project::Document ArdourHost::saved() const
{
    HostedPlugin plugin (format, bundle(), rate, 512);
    if (format == "VST3")
    {
        juce::MemoryOutputStream preset;
        const auto chunk = find (readFile (document()), "<chunk>([^<]+)</chunk>");
        REQUIRE (juce::Base64::convertFromBase64 (preset, chunk));
        HostScene::loadPreset (plugin, preset.getMemoryBlock());
    }
    else
        HostScene::loadTurtle (plugin, readFile (lv2State()));
    return documentIn (plugin.save());
}

/** The program of 7.3 now and then crashes when all is written and it frees what it exported with (~PortExportChannel, with any
    plugin), and once its right channel was not what it should be. What a crashed one has written counts only if each crashes. */
std::vector<float> ArdourHost::exported (std::size_t samples) const
{
    constexpr int tries = 6, isKilled = -1;
    const auto file = stage.path ("out.wav");
    Ended ended;
    for (int i = 0; i < tries && ended.code != 0; ++i)
    {
        std::filesystem::remove (file);
        ended = runToEnd (
            words ({ programs + "utils/ardour7-export", "-b", "float", "-o", file, folder(), "scene" }));
        CAPTURE (i, ended.said);
        REQUIRE ((ended.code == 0 || ended.code == isKilled));
    }
    const auto sound = readSound (file);
    REQUIRE (sound.channels == 2);
    CHECK (sound.sampleRateHz == rate);
    REQUIRE (sound.samples.size() == 2 * samples);
    std::vector<float> left, right;
    for (std::size_t i = 0; i < sound.samples.size(); i += 2)
    {
        left.push_back (sound.samples[i]);
        right.push_back (sound.samples[i + 1]);
    }
    const auto differs = std::ranges::mismatch (left, right).in1 - left.begin();
    CAPTURE (differs, *std::ranges::max_element (right));
    CHECK ((left == right));
    return left;
}

std::vector<float> ArdourHost::bouncedByUs (const std::string& state, std::size_t samples) const
{
    HostedPlugin ours (format, bundle(), rate, 512);
    ours.load (state);
    return ours.bounce (0, (std::int64_t) samples, 512);
}

/** Each time a session is saved it gets another one. */
std::filesystem::path ArdourHost::lv2State() const
{
    std::filesystem::path newest;
    for (const auto& entry : std::filesystem::recursive_directory_iterator (folder() / "plugins"))
        if (entry.path().filename() == "state.ttl")
            newest = std::max (newest, entry.path());
    REQUIRE_FALSE (newest.empty());
    return newest;
}

/** To start a program with, as Ardour's own scripts do. */
std::vector<std::string> ArdourHost::words (const std::vector<std::string>& program) const
{
    auto all = stage.atHome();
    all.insert (all.end(), { "LD_LIBRARY_PATH=/usr/lib/ardour7", "ARDOUR_DLL_PATH=/usr/lib/ardour7",
                             "ARDOUR_DATA_PATH=/usr/share/ardour7", "ARDOUR_CONFIG_PATH=/etc/ardour7" });
    all.insert (all.end(), program.begin(), program.end());
    return all;
}

void ArdourHost::run (const std::vector<std::string>& program) const
{
    const auto ended = runToEnd (words (program));
    CAPTURE (program, ended.said);
    REQUIRE (ended.code == 0);
}
} // namespace tableread::test
