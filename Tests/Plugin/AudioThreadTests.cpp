// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <thread>

#include <catch2/catch.hpp>

#include "FakePlayHead.h"
#include "PluginFixture.h"
#include "Processor/PluginProcessor.h"
#include "Support/AllocationGuard.h"
#include "Support/NoSystemCalls.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
using test::AllocationGuard;

TEST_CASE ("The guard sees allocations and locks", "[plugin][audiothread]")
{
    std::mutex mutex;
    volatile std::size_t size = 100;
    int allocations = 0, locks = 0;
    {
        const AllocationGuard guard;
        void* volatile block = ::operator new (size); // volatile: the pair is not optimised away
        ::operator delete (block);
        block = std::calloc (size, 1);
        std::free (block);
        const std::lock_guard lock (mutex);
        allocations = AllocationGuard::allocations();
        locks = AllocationGuard::locks();
    }
    CHECK (allocations == 4);
    CHECK (locks == 1);
    {
        const AllocationGuard guard;
        allocations = AllocationGuard::allocations();
    }
    CHECK (allocations == 0);
}

namespace
{
/** The processor with all of its buses, in real time. */
struct RealTime
{
    explicit RealTime (const PluginFixture& fixture) : processor (fixture.options())
    {
        stage().setWaitMode (playback::WaitMode::Never); // these blocks come faster than real ones
        processor.setPlayHead (&head);
        processor.setRateAndBufferSizeDetails (48'000.0, mostSamples);
        processor.prepareToPlay (48'000.0, mostSamples);
        auto layout = processor.getBusesLayout();
        for (int bus = 1; bus <= PluginProcessor::speakerBuses; ++bus)
            layout.outputBuses.getReference (bus) = juce::AudioChannelSet::stereo();
        REQUIRE (processor.setBusesLayout (layout));
        REQUIRE (processor.getTotalNumOutputChannels() == 34);
        audio.setSize (34, mostSamples);
        processor.workspace.setScript (scene);
        REQUIRE (processor.workspace.render());
    }

    playback::Stage& stage() { return processor.workspace.player().stage(); }

    /** Plays a block, and returns the greatest value in it. */
    float play (int size)
    {
        juce::AudioBuffer<float> block (audio.getArrayOfWritePointers(), 34, size);
        play (block);
        return block.getMagnitude (0, size);
    }

    void play (juce::AudioBuffer<float>& block)
    {
        processor.processBlock (block, midi);
        head.sample += block.getNumSamples();
    }

    static constexpr int mostSamples = 8192;

    const juce::ScopedJuceInitialiser_GUI juce;
    PluginProcessor processor;
    FakePlayHead head;
    juce::AudioBuffer<float> audio;
    juce::MidiBuffer midi;
};
} // namespace

TEST_CASE ("The audio thread neither allocates nor locks, while speech is rendered and plans change",
           "[plugin][audiothread]")
{
    test::FakeFaults slow;
    slow.frameMs = 1;
    PluginFixture fixture (slow);
    RealTime host (fixture);
    int allocations = 0, locks = 0, blocks = 0, rounds = 0;
    float loudest = 0.0f;
    for (bool wasRendering = true; wasRendering || rounds < 5; ++rounds)
    {
        wasRendering = ! isRendered (host.processor.workspace);
        host.head.sample = 0;
        for (int size = 1; size <= RealTime::mostSamples; size += 1 + size / 3)
        {
            juce::AudioBuffer<float> block (host.audio.getArrayOfWritePointers(), 34, size);
            {
                const AllocationGuard guard;
                host.play (block);
                allocations += AllocationGuard::allocations();
                locks += AllocationGuard::locks();
            }
            ++blocks;
            loudest = std::max (loudest, block.getMagnitude (0, size));
        }
    }
    CAPTURE (blocks, rounds);
    CHECK (allocations == 0);
    CHECK (locks == 0);
    CHECK (loudest > 0.1f);
    CHECK (rounds > 5);
}

TEST_CASE ("The audio thread makes no system call in real time, though speech is missing",
           "[plugin][audiothread]")
{
    test::FakeFaults slow;
    slow.waits = true; // the first line is a part, the others are not there
    PluginFixture fixture (slow);
    RealTime host (fixture);
    REQUIRE (eventually ([&] {
        host.head.sample = 1'000;
        return host.play (512) > 0.0f;
    }));
    std::vector<juce::AudioBuffer<float>> blocks; // made before, since so many channels are allocated
    for (const int size : { 1, 17, 64, 512, 8192, 64, 17, 1 })
        blocks.emplace_back (host.audio.getArrayOfWritePointers(), 34, size);
    const auto plays = [&] {
        host.head.sample = 0;
        host.head.isPlaying = true;
        float loudest = 0.0f;
        for (auto& block : blocks)
        {
            host.play (block);
            loudest = std::max (loudest, block.getMagnitude (0, block.getNumSamples()));
        }
        host.head.isPlaying = false;
        host.play (blocks[2]);
        return loudest > 0.0f && host.stage().late() > 0;
    };
    CHECK (plays());
    CHECK (withoutSystemCalls (plays) == 0);
    CHECK (withoutSystemCalls ([] { return ::getppid() > 0; }) == 128 + SIGSYS); // it would be seen
    fixture.engine.goOn();
}

TEST_CASE ("The audio thread neither allocates nor locks while takes are heard by themselves",
           "[plugin][audiothread]")
{
    PluginFixture fixture;
    const juce::ScopedJuceInitialiser_GUI juce;
    PluginProcessor processor (fixture.options());
    processor.setRateAndBufferSizeDetails (48'000.0, 256);
    processor.prepareToPlay (48'000.0, 256);
    processor.workspace.setScript (scene);
    REQUIRE (renderAll (processor.workspace));
    auto& audition = processor.workspace.audition();
    const auto& takes = processor.workspace.document()->takes;

    juce::MidiBuffer midi;
    int allocations = 0, locks = 0;
    std::size_t heard = 0;
    for (std::size_t round = 0; round < 40; ++round)
    {
        REQUIRE (audition.play (takes[round % takes.size()]->id));
        if (round % 5 == 4)
            audition.stop();
        for (int block = 0; block < 50; ++block)
        {
            juce::AudioBuffer<float> audio (2, 1 + (int) round % 3 * 127);
            {
                const AllocationGuard guard;
                processor.processBlock (audio, midi);
                allocations += AllocationGuard::allocations();
                locks += AllocationGuard::locks();
            }
            heard += audio.getMagnitude (0, audio.getNumSamples()) > 0.0f ? 1 : 0;
            if (block % 10 == 0)
                std::this_thread::sleep_for (std::chrono::milliseconds (1));
        }
    }
    CHECK (allocations == 0);
    CHECK (locks == 0);
    CHECK (heard > 100);
}
