// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "Plugin/HostedPlugin.h"
#include "Plugin/PluginFixture.h"
#include "Plugin/StateText.h"
#include "Support/Environment.h"
#include "Support/Program.h"

namespace tableread::test
{
/** The scene of PluginFixture.h and an engine of tones, for the plugin in this process and in the hosts that it starts. Files
    are named without their folder. */
class HostScene
{
public:
    static constexpr std::uint64_t seed = 5;

    explicit HostScene (FakeFaults faults = {}) : fixture (std::move (faults))
    {
        std::filesystem::create_directory (path ("takes"));
        std::filesystem::create_directory (path ("home"));
        ::setenv ("TABLEREAD_SOCKET", path ("engine.sock").c_str(), 1);
        ::setenv ("TABLEREAD_TAKES", path ("takes").c_str(), 1);
        ::setenv ("TABLEREAD_ENGINE", "/nowhere", 1);
        ::setenv ("TABLEREAD_SETTINGS", "/dev/null", 1);
    }

    std::filesystem::path path (std::string_view name) const { return fixture.folder.path() / name; }

    /** Words to start a host with that finds the plugin and no display, and keeps its files in this folder. */
    std::vector<std::string> atHome() const
    {
        std::vector<std::string> words { "/usr/bin/env", "-uDISPLAY", "HOME=" + path ("home").string() };
        for (const std::string folder : { "CACHE", "CONFIG", "DATA", "STATE" })
            words.push_back ("XDG_" + folder + "_HOME=" + path ("home/" + folder).string());
        const auto parentOf = [] (const char* bundle) {
            return std::filesystem::path (bundle).parent_path().string();
        };
        words.push_back ("VST3_PATH=" + parentOf (TABLEREAD_VST3));
        words.push_back ("LV2_PATH=" + parentOf (TABLEREAD_LV2) + ":/usr/lib/lv2");
        return words;
    }

    /** With what is asked of the engine before it is played. */
    static std::string state (bool rendersAhead = false)
    {
        return StateText { scene, seed, rendersAhead }.text();
    }

    /** How many lines were asked for. */
    int jobs() const { return fixture.engine.jobs(); }

    /** How many takes are in the store, whole. */
    std::ptrdiff_t takes() const
    {
        const std::filesystem::recursive_directory_iterator entries (path ("takes"));
        return std::count_if (begin (entries), end (entries),
                              [] (const auto& entry) { return entry.path().extension() == ".wav"; });
    }

    /** What a script has written as 32-bit floats. */
    std::vector<float> samples (std::string_view name) const
    {
        std::vector<float> all (std::filesystem::file_size (path (name)) / sizeof (float));
        std::ifstream (path (name), std::ios::binary)
            .read (reinterpret_cast<char*> (all.data()), (std::streamsize) (all.size() * sizeof (float)));
        return all;
    }

    /** A state as a .vstpreset, which any VST3 host reads. */
    static std::string preset (const std::string& state)
    {
        HostedPlugin plugin ("VST3", TABLEREAD_VST3, 48'000.0, 512);
        plugin.load (state);
        std::string content;
        withClient (plugin, [&] (const auto& client) { content = textOf (client.getPreset()); });
        return content;
    }

    static void loadPreset (HostedPlugin& plugin, const juce::MemoryBlock& preset)
    {
        withClient (plugin, [&] (const auto& client) {
            if (! client.setPreset (preset))
                throw std::runtime_error ("this is no preset of the plugin's");
        });
    }

    /** A state as LV2 hosts keep it. */
    static std::string turtle (const std::string& state)
    {
        HostedPlugin plugin ("LV2", TABLEREAD_LV2, 48'000.0, 512);
        plugin.load (state);
        juce::MemoryBlock content;
        plugin->getStateInformation (content);
        return "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n" // which JUCE leaves out
               "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
               "@prefix state: <http://lv2plug.in/ns/ext/state#> .\n" +
               renamed (textOf (content), juceSubject, "<>");
    }

    /** Loads what turtle() gives, or another LV2 host. */
    static void loadTurtle (HostedPlugin& plugin, const std::string& turtle)
    {
        const auto state = renamed (turtle, "<>", juceSubject);
        plugin->setStateInformation (state.data(), (int) state.size());
    }

private:
    static constexpr const char* juceSubject = "<https://tableread.invalid/plugins/tableread/savedState>";

    static std::string renamed (std::string turtle, const std::string& subject, const std::string& other)
    {
        const auto at = turtle.find (subject);
        if (at == std::string::npos)
            throw std::runtime_error ("this is no state of " + subject + ": " + turtle);
        return turtle.replace (at, subject.size(), other);
    }

    static std::string textOf (const juce::MemoryBlock& block)
    {
        return { static_cast<const char*> (block.getData()), block.getSize() };
    }

    template <typename Use>
    static void withClient (HostedPlugin& plugin, const Use& use)
    {
        struct Visitor : juce::ExtensionsVisitor
        {
            explicit Visitor (const Use& wanted) : use (wanted) {}
            void visitVST3Client (const VST3Client& client) override { use (client); }
            const Use& use;
        };
        Visitor visitor (use);
        plugin->getExtensions (visitor);
    }

    PluginFixture fixture;
    Environment before { { "TABLEREAD_SOCKET", "TABLEREAD_TAKES", "TABLEREAD_ENGINE",
                           "TABLEREAD_SETTINGS" } };
};

inline std::string readFile (const std::filesystem::path& path)
{
    std::ifstream file (path, std::ios::binary);
    return { std::istreambuf_iterator<char> (file), {} };
}

/** The path of a script in this folder. */
inline std::string script (const std::string& name)
{
    return TABLEREAD_ROOT "/Tests/Hosts/" + name;
}
} // namespace tableread::test
