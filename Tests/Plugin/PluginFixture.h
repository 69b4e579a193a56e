// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <thread>

#include "Processor/Session.h"
#include "Support/FakeEngine.h"
#include "Support/FakeSpeech.h"
#include "Support/TemporaryFolder.h"
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

/** An engine of tones in this process, and the options of a link to it. */
class PluginFixture
{
public:
    explicit PluginFixture (test::FakeFaults faults = {})
        : engine (folder.path() / "engine.sock", std::move (faults))
    {}

    RenderLink::Options options() const
    {
        RenderLink::Options options;
        options.engine.socket = folder.path() / "engine.sock";
        options.engine.search.setting = "/nowhere";
        options.firstPause = std::chrono::milliseconds (5);
        return options;
    }

    test::TemporaryFolder folder;
    test::FakeEngine engine;
};

/** What a script should sound like at a host's rate: each line's speech as the engine of tones says it, resampled in
    one go and placed by hand, independently of the plugin's own code. */
inline std::vector<float> expectedSound (double rate, std::uint64_t seed = 0)
{
    struct Line
    {
        const char* voice;
        const char* text;
        std::int64_t pause; // before it, in model samples
    };
    const Line lines[] = { { "anna", "Good evening. You are late again.", 0 },
                           { "ben", "The train stood still for an hour.", 0 },
                           { "anna", "Sit down, then.", 350LL * 24 },
                           { "ben", "Thank you.", 0 },
                           { "anna", "The soup is cold.", 0 } };
    std::vector<float> sound;
    std::int64_t position = 0;
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
        position += line.pause;
        const auto start = (std::size_t) toHost ({ position }, rate).value;
        sound.resize (start + (std::size_t) audio->rendered());
        audio->read (0, std::span (sound).subspan (start));
        position += (std::int64_t) speech.size();
    }
    sound.resize ((std::size_t) toHost ({ position + 200LL * 24 }, rate).value);
    return sound;
}

/** Polls for something that another process or thread brings about. */
template <typename Condition>
bool eventually (Condition&& condition, std::chrono::milliseconds limit = std::chrono::seconds (120))
{
    const auto end = std::chrono::steady_clock::now() + limit;
    while (! condition())
    {
        if (std::chrono::steady_clock::now() > end)
            return false;
        std::this_thread::sleep_for (std::chrono::milliseconds (2));
    }
    return true;
}
} // namespace tableread::test
