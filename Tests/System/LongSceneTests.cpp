// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <tuple>
#include <vector>

#include <catch2/catch.hpp>

#include "EngineLink/RunningEngine.h"
#include "Plugin/LongScene.h"
#include "Plugin/PluginEnvironment.h"
#include "Support/Eventually.h"
#include "Support/SoundFiles.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
/** What the engine's own command says to lines, each in a file of its own. */
class CommandSpeech
{
public:
    CommandSpeech (std::filesystem::path place, std::filesystem::path voice)
        : folder (std::move (place))
        , evasVoice (std::move (voice))
    {}

    /** Has lines of one seed spoken at once. */
    void learn (std::span<const SceneLine> lines)
    {
        {
            std::ofstream script (folder / "script.txt");
            for (const auto& line : lines)
                script << line.speaker << ": " << line.text << '\n';
        }
        const auto stems = folder / "stems";
        std::filesystem::remove_all (stems);
        const auto command = "'" TABLEREAD_ENGINE_PROGRAM "' render '" + (folder / "script.txt").string() +
                             "' --seed " + std::to_string (lines.front().seed) +
                             " --voice 'Eva=" + evasVoice.string() + "' --format f32 -q -o '" +
                             (folder / "whole.wav").string() + "' --stems '" + stems.string() + "'";
        REQUIRE (std::system (command.c_str()) == 0);
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator (stems))
            files.push_back (entry.path());
        std::sort (files.begin(), files.end());
        REQUIRE (files.size() == lines.size());
        for (std::size_t i = 0; i < files.size(); ++i)
            known[keyOf (lines[i])] = readSound (files[i]).samples;
    }

    const std::vector<float>& of (const SceneLine& line)
    {
        if (! known.contains (keyOf (line)))
            learn ({ &line, 1 });
        return known.at (keyOf (line));
    }

private:
    using Key = std::tuple<std::string, std::string, std::uint64_t>;

    static Key keyOf (const SceneLine& line) { return { line.speaker, line.text, line.seed }; }

    const std::filesystem::path folder, evasVoice;
    std::map<Key, std::vector<float>> known;
};
} // namespace

TEST_CASE ("A long scene sounds as it was worked on with the embedded model, and without an engine",
           "[system][scene][.slow]")
{
    const TemporaryFolder folder;
    const auto socket = folder.path() / "engine.sock", voice = folder.path() / "eva.flac";
    const PluginEnvironment environment (folder.path(), TABLEREAD_ENGINE_PROGRAM);
    std::filesystem::copy_file (TABLEREAD_ROOT "/Assets/models/mini/voices/clara.flac", voice);
    CommandSpeech speech (folder.path(), voice);
    LongScene evening ([&] (const SceneLine& line) { return speech.of (line); }, voice);
    speech.learn (evening.lines());
    std::string saved;
    {
        Workspace workspace;
        saved = evening.workOn (workspace);
    }
    ::kill (listenerAt (socket), SIGTERM);
    REQUIRE (eventually ([&] { return listenerAt (socket) == 0; }));
    PluginEnvironment::setEngine ("/nowhere");
    evening.reopen (saved, 24'000.0);
    evening.reopen (saved, 48'000.0);
}
