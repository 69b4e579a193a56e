// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <vector>

#include "Processor/Workspace.h"
#include "Project/Requests.h"
#include "Support/Eventually.h"
#include "Support/FakeEngine.h"
#include "Support/FakeSpeech.h"
#include "Support/TemporaryFolder.h"
#include "Take/Store/TakeStore.h"
#include "Timeline/PlanReader.h"
#include "Timeline/Timeline.h"

namespace tableread::test
{
using namespace plugin;

/** Two people, five lines, pauses. */
inline const char* const scene = "Anna: Good evening. You are late again.\n"
                                 "Ben: The train stood still for an hour.\n"
                                 "[pause 350ms]\n"
                                 "Anna: Sit down, then.\n"
                                 "Ben: Thank you.\n"
                                 "Anna: The soup is cold.\n"
                                 "[pause 200ms]\n";

/** A workspace's options for an engine that may listen in this folder, with a store in it. */
inline Workspace::Options optionsIn (const std::filesystem::path& folder)
{
    Workspace::Options options;
    auto& link = options.stage.link;
    link.engine.socket = folder / "engine.sock";
    link.engine.search.setting = "/nowhere";
    link.firstPause = std::chrono::milliseconds (5);
    link.longestPause = std::chrono::milliseconds (50);
    options.stage.store = std::make_shared<TakeStore> (TakeStoreOptions { .folder = folder / "takes" });
    options.stage.settling = std::chrono::milliseconds (200); // until a recording that was chosen is read
    return options;
}

/** An engine of tones in this process, and the options of a workspace that uses it. */
class PluginFixture
{
public:
    explicit PluginFixture (test::FakeFaults faults = {})
        : engine (folder.path() / "engine.sock", std::move (faults))
    {}

    Workspace::Options options() const { return optionsIn (folder.path()); }

    test::TemporaryFolder folder;
    test::FakeEngine engine;
};

/** All that the project asks for is rendered, and stands in it. */
inline bool isRendered (Workspace& workspace)
{
    workspace.settle();
    const auto document = workspace.document();
    const auto view = workspace.player().stage().view();
    const auto passages = project::passagesOf (*document);
    const project::Choices choices (*document);
    return view->parts.size() == passages.size() &&
           std::all_of (passages.begin(), passages.end(),
                        [&] (const auto& passage) {
                            const auto choice = choices.of (passage);
                            return choice.take != nullptr && ! choice.isStale;
                        }) &&
           std::all_of (view->parts.begin(), view->parts.end(),
                        [] (const auto& part) { return part.state == playback::PartState::Done; });
}

/** Has the workspace's script rendered, and waits for the end. */
inline bool renderAll (Workspace& workspace)
{
    return workspace.render() && eventually ([&] { return isRendered (workspace); });
}

inline bool isAll (Workspace& workspace, playback::PartState state)
{
    const auto view = workspace.player().stage().view();
    return ! view->parts.empty() && std::all_of (view->parts.begin(), view->parts.end(),
                                                 [&] (const auto& part) { return part.state == state; });
}

/** The whole, as an offline host hears it. */
inline std::vector<float> bounce (Workspace& workspace, double rate = (double) modelSampleRateHz)
{
    workspace.settle();
    auto& stage = workspace.player().stage();
    stage.setHostRate (rate);
    std::vector<float> sound, block (4096);
    PlanReader reader;
    while (true)
    {
        const HostSamples at { (std::int64_t) sound.size() };
        const auto& plan = stage.planFor ({ at, block.size(), true, true });
        const auto left = toHost (stage.view()->end, rate).value - at.value;
        if (left <= 0)
            break;
        const auto count = (std::size_t) std::min<std::int64_t> (left, (std::int64_t) block.size());
        reader.read (plan, at, { std::span (block).first (count) });
        sound.insert (sound.end(), block.begin(), block.begin() + (std::ptrdiff_t) count);
    }
    stage.planFor ({ {}, 0, false, false });
    return sound;
}

/** A line as it should be heard. */
struct HeardLine
{
    const char* voice;
    const char* text;
    std::int64_t pauseMs = 0; // before it
};

/** What lines should sound like at a host's rate: each line's speech as the engine of tones says it, resampled in
    one go and placed by hand, independently of the plugin's own code. */
inline std::vector<float> expectedSound (const std::vector<HeardLine>& lines, std::int64_t silenceMs,
                                         double rate, std::uint64_t seed)
{
    std::vector<float> sound;
    std::int64_t position = 0; // in model samples
    for (const auto& line : lines)
    {
        protocol::SpeechRequest request;
        request.lines = { { 0, line.text } };
        request.voices = { { line.voice, {} } };
        request.seed = seed;
        const auto speech = test::fakeSpeech (request);
        Take take;
        take.append (speech);
        take.finish();
        const auto audio = HostAudio::create (std::shared_ptr<Take> (&take, [] (Take*) {}), rate).value();
        audio->pump();
        position += line.pauseMs * 24;
        const auto start = (std::size_t) toHost ({ position }, rate).value;
        sound.resize (start + (std::size_t) audio->rendered());
        audio->read (0, std::span (sound).subspan (start));
        position += (std::int64_t) speech.size();
    }
    sound.resize ((std::size_t) toHost ({ position + silenceMs * 24 }, rate).value);
    return sound;
}

/** What the scene above should sound like. */
inline std::vector<float> expectedSound (double rate, std::uint64_t seed = 0)
{
    return expectedSound ({ { "anna", "Good evening. You are late again." },
                            { "ben", "The train stood still for an hour." },
                            { "anna", "Sit down, then.", 350 },
                            { "ben", "Thank you." },
                            { "anna", "The soup is cold." } },
                          200, rate, seed);
}
} // namespace tableread::test
