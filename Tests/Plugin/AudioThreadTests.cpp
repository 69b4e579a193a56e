// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>
#include <mutex>
#include <thread>

#include <catch2/catch.hpp>

#include "FakePlayHead.h"
#include "PluginFixture.h"
#include "Processor/PluginProcessor.h"
#include "Support/AllocationGuard.h"

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

TEST_CASE ("The audio thread neither allocates nor locks, while speech is rendered and plans change",
           "[plugin][audiothread]")
{
    test::FakeFaults slow;
    slow.frameMs = 1;
    PluginFixture fixture (slow);
    const juce::ScopedJuceInitialiser_GUI juce;
    PluginProcessor processor (fixture.options());
    processor.workspace.player().stage().setWaitMode (
        playback::WaitMode::Never); // these blocks come faster than real ones
    FakePlayHead head;
    processor.setPlayHead (&head);
    processor.setRateAndBufferSizeDetails (48'000.0, 8192);
    processor.prepareToPlay (48'000.0, 8192);
    auto layout = processor.getBusesLayout();
    for (int bus = 1; bus <= PluginProcessor::speakerBuses; ++bus)
        layout.outputBuses.getReference (bus) = juce::AudioChannelSet::stereo();
    REQUIRE (processor.setBusesLayout (layout));
    processor.workspace.setScript (scene);
    REQUIRE (processor.workspace.render());

    const auto channels = processor.getTotalNumOutputChannels();
    REQUIRE (channels == 34);
    juce::AudioBuffer<float> audio (channels, 8192);
    juce::MidiBuffer midi;
    int allocations = 0, locks = 0, blocks = 0, rounds = 0;
    float loudest = 0.0f;
    for (bool wasRendering = true; wasRendering || rounds < 5; ++rounds)
    {
        wasRendering = ! isRendered (processor.workspace);
        head.sample = 0;
        for (int size = 1; size <= 8192; size += 1 + size / 3)
        {
            juce::AudioBuffer<float> block (audio.getArrayOfWritePointers(), channels, size);
            {
                const AllocationGuard guard;
                processor.processBlock (block, midi);
                allocations += AllocationGuard::allocations();
                locks += AllocationGuard::locks();
            }
            head.sample += size;
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
