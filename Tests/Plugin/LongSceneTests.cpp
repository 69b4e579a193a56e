// SPDX-License-Identifier: GPL-3.0-or-later
#include "LongScene.h"

#include <catch2/catch.hpp>

#include "PluginEnvironment.h"
#include "PluginFixture.h"
#include "StateText.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
std::vector<float> tonesOf (const SceneLine& line)
{
    protocol::SpeechRequest request;
    request.lines = { { 0, line.text } };
    request.voices = { { LongScene::voiceOf (line), {} } };
    request.seed = line.seed;
    return fakeSpeech (request);
}
} // namespace

TEST_CASE ("A long scene sounds as it was worked on, and the same without an engine", "[plugin][host][scene]")
{
    const TemporaryFolder folder;
    const PluginEnvironment environment (folder.path());
    writeSound (folder.path() / "eva.wav", sine (200.0, 3.0));
    LongScene evening (tonesOf, folder.path() / "eva.wav");
    std::string saved;
    {
        FakeFaults faults;
        faults.seats = 4;
        const FakeEngine engine (folder.path() / "engine.sock", faults);
        Workspace workspace;
        saved = evening.workOn (workspace);
        CHECK (engine.jobs() == 60 + 3 + 5); // nothing twice
        for (const auto& request : engine.requests())
        {
            const auto& voice = request.voices.at (0); // whose tones do not tell whether it is a recording
            CHECK ((voice.name == "eva") == (voice.path == folder.path() / "eva.wav"));
            CHECK ((voice.name == "eva") != voice.path.empty());
        }
    }
    CHECK (documentIn (saved).takes.size() == 60 + 3 + 5);

    for (const double rate : { 24'000.0, 48'000.0 })
        evening.reopen (saved, rate);
}
