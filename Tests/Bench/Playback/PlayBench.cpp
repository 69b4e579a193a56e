// SPDX-License-Identifier: GPL-3.0-or-later
// What playing costs: the thread's CPU time for blocks of the plugin, with all lines there and all of their speakers at once.
#include <cmath>
#include <cstdint>
#include <ctime>
#include <exception>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "Bench/Percentiles.h"
#include "Plugin/FakePlayHead.h"
#include "Processor/PluginProcessor.h"
#include "Project/Casting.h"
#include "Project/Requests.h"
#include "Support/Eventually.h"
#include "Support/MemoryStore.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
constexpr double mostOfBlock = 0.02; // of its time, by one instance, 99 times in a hundred
constexpr double mostOfCore = 0.15;  // by all instances together

struct BenchSettings
{
    int lines = 500, speakers = 8, instances = 8, blocks = 100'000, buses = 8;
    int rate = 48'000, block = 64;
    bool hasLimits = false;
};

double threadMicroseconds()
{
    timespec now {};
    ::clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
    return (double) now.tv_sec * 1e6 + (double) now.tv_nsec / 1e3;
}

std::vector<float> tone (int line)
{
    constexpr double step = 6.283185307 / (double) modelSampleRateHz;
    std::vector<float> speech (7'200 + 480 * (std::size_t) (line % 11)); // 0.3 to 0.5 s
    for (std::size_t i = 0; i < speech.size(); ++i)
        speech[i] = (float) (0.1 * std::sin (step * (100.0 + line) * (double) i));
    return speech;
}

/** Each speaker's lines follow each other, all speakers at once, each with a gain and a bus; all takes are in the store. */
std::shared_ptr<const project::Document> crowdedScene (const BenchSettings& settings, MemoryStore& store)
{
    project::Project scene;
    std::string text;
    for (int speaker = 0; speaker < settings.speakers; ++speaker)
        for (int line = speaker; line < settings.lines; line += settings.speakers)
            text += fmt::format ("Speaker {}: This is number {}.\n", speaker, line);
    orThrow (scene.edit (project::SetScript { text }));
    for (int speaker = 0; speaker < settings.speakers; ++speaker)
    {
        project::Member member;
        member.speaker = fmt::format ("Speaker {}", speaker);
        member.moods.emplace_back().voice.name = "anna";
        member.isChosen = true;
        member.bus = 1 + speaker % (int) BusBlock::mostBuses;
        member.gainDb = -1.5;
        orThrow (scene.edit (project::SetMember { member }));
    }
    const auto cast = scene.document();
    std::string before;
    int line = 0, anchored = 0;
    for (const auto& passage : project::passagesOf (*cast))
    {
        const auto& first = *cast->lines[passage.first];
        if (first.speaker != std::exchange (before, first.speaker))
            orThrow (scene.edit (project::SetAnchor { first.id, project::AtSeconds { 0.01 * anchored++ } }));
        const auto speech = tone (line++);
        orThrow (store.keep (speech));
        project::TakeRecord take;
        take.line = first.id;
        take.request = project::nameOf (*cast, passage);
        take.seed = project::seedOf (*cast, passage);
        take.fingerprint = "bench";
        take.state = project::TakeRecord::State::Done;
        take.length = { (std::int64_t) speech.size() };
        take.audio = contentHash (speech);
        scene.addTake (take);
    }
    return scene.document();
}

/** The plugin in a host that plays the scene again and again. */
class Instance
{
public:
    Instance (const BenchSettings& settings, const Workspace::Options& options,
              const std::shared_ptr<const project::Document>& scene)
        : processor (options)
    {
        auto layout = processor.getBusesLayout();
        for (int bus = 1; bus <= settings.buses; ++bus)
            layout.outputBuses.getReference (bus) = juce::AudioChannelSet::stereo();
        if (! processor.setBusesLayout (layout))
            throw std::runtime_error ("the plugin refuses its buses");
        head.rate = settings.rate;
        processor.setPlayHead (&head);
        processor.setRateAndBufferSizeDetails (settings.rate, settings.block);
        processor.prepareToPlay (settings.rate, settings.block);
        stage().setWaitMode (playback::WaitMode::Never); // blocks come faster than they can be heard
        processor.workspace.load ({ .document = scene }, {});
        audio.setSize (processor.getTotalNumOutputChannels(), settings.block);
        end = 0;
        const auto isReady = [&] {
            const auto& plan = stage().planFor ({ {}, 0, false, false });
            end = plan.end().value;
            return plan.placements().size() == scene->lines.size() && plan.isComplete();
        };
        if (! eventually (isReady, std::chrono::minutes (10)))
            throw std::runtime_error ("the scene is not there");
    }

    /** Begins elsewhere than the others. */
    void start (int part, int parts) { head.sample = end * part / parts; }

    // What callgrind counts.
    [[gnu::noinline]] void playBlock()
    {
        processor.processBlock (audio, midi);
        head.sample = head.sample + audio.getNumSamples() < end ? head.sample + audio.getNumSamples() : 0;
    }

    bool wasLate() { return stage().late() > 0; }

private:
    playback::Stage& stage() { return processor.workspace.player().stage(); }

    PluginProcessor processor;
    FakePlayHead head;
    juce::AudioBuffer<float> audio;
    juce::MidiBuffer midi;
    std::int64_t end = 0;
};

/** Microseconds of the blocks that all instances play one after the other. */
std::vector<double> measure (const BenchSettings& settings, int instances)
{
    const TemporaryFolder folder;
    const auto store = std::make_shared<MemoryStore>();
    const auto scene = crowdedScene (settings, *store);
    Workspace::Options options;
    options.stage.link.engine.socket = folder.path() / "engine.sock";
    options.stage.link.engine.search.setting = "/nowhere"; // all of it is rendered
    options.stage.store = store;
    std::vector<std::unique_ptr<Instance>> players;
    for (int i = 0; i < instances; ++i)
    {
        players.push_back (std::make_unique<Instance> (settings, options, scene));
        players.back()->start (i, instances);
    }
    std::vector<double> times;
    times.reserve ((std::size_t) settings.blocks);
    for (int i = 0; i < settings.blocks; ++i)
    {
        const auto begin = threadMicroseconds();
        for (auto& player : players)
            player->playBlock();
        times.push_back (threadMicroseconds() - begin);
    }
    for (const auto& player : players)
        if (player->wasLate())
            throw std::runtime_error ("some speech was missing: the figures are of something else");
    return times;
}

/** Prints the times. @returns whether the 99th percentile is within the limit. */
bool report (const BenchSettings& settings, int instances, double limit)
{
    const auto times = percentilesOf (measure (settings, instances));
    const auto blockTime = 1e6 * settings.block / settings.rate;
    std::cout << fmt::format (
        "{} instance{}, {} lines, {} speakers, {} buses, blocks of {} at {} Hz ({:.0f} us): CPU time median "
        "{:.2f} us, p99 {:.2f} us = {:.2f} % of a block (limit {:.0f} %), most {:.1f} us\n",
        instances, instances == 1 ? "" : "s", settings.lines, settings.speakers, 1 + settings.buses,
        settings.block, settings.rate, blockTime, times.p50, times.p99, 100.0 * times.p99 / blockTime,
        100.0 * limit, times.most);
    return times.p99 <= limit * blockTime;
}

int run (const BenchSettings& settings)
{
    bool isGood = report (settings, 1, mostOfBlock);
    if (settings.instances > 1)
        isGood = report (settings, settings.instances, mostOfCore) && isGood;
    return isGood || ! settings.hasLimits ? 0 : 1;
}
} // namespace

int main (int argc, char** argv)
try
{
    const juce::ScopedJuceInitialiser_GUI juce;
    BenchSettings settings;
    CLI::App app ("What playing costs the audio thread", "tableread-play-bench");
    app.add_option ("--lines", settings.lines, "Lines of the scene")
        ->check (CLI::Range (1, 20'000))
        ->capture_default_str();
    app.add_option ("--speakers", settings.speakers, "Speakers, who all speak at once")
        ->check (CLI::Range (1, 64))
        ->capture_default_str();
    app.add_option ("--instances", settings.instances, "Plugins that one thread plays")
        ->check (CLI::Range (1, 64))
        ->capture_default_str();
    app.add_option ("--buses", settings.buses, "Speakers' buses that the host has switched on")
        ->check (CLI::Range (0, (int) BusBlock::mostBuses))
        ->capture_default_str();
    app.add_option ("--blocks", settings.blocks, "Blocks to measure")
        ->check (CLI::Range (100, 10'000'000))
        ->capture_default_str();
    app.add_option ("--rate", settings.rate, "The host's samples per second")
        ->check (CLI::Range (1000, 384'000))
        ->capture_default_str();
    app.add_option ("--block", settings.block, "Samples of a block")
        ->check (CLI::Range (1, 8192))
        ->capture_default_str();
    app.add_flag ("--limits", settings.hasLimits, "Fail where a limit is exceeded");
    CLI11_PARSE (app, argc, argv);
    return run (settings);
}
catch (const std::exception& problem)
{
    std::cerr << "tableread-play-bench: " << problem.what() << '\n';
    return 2;
}
