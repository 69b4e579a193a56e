// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include <catch2/catch.hpp>

#include <malloc.h>
#include <unistd.h>

#include "Editor/PluginEditor.h"
#include "PluginFixture.h"
#include "Processor/PluginProcessor.h"
#include "StateText.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
double megabytesHeld()
{
    ::malloc_trim (0); // what the allocator keeps for later is nobody's
    std::ifstream file ("/proc/self/statm");
    double pages = 0;
    file >> pages >> pages; // the second: resident
    return pages * (double) ::sysconf (_SC_PAGESIZE) / 1e6;
}

template <typename Action>
double millisecondsOf (Action&& action)
{
    const auto begun = std::chrono::steady_clock::now();
    action();
    return std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now() - begun).count();
}
} // namespace

TEST_CASE ("Another sample rate of 500 lines holds up nobody and keeps nothing of the one before",
           "[.slow][plugin][processor]")
{
    constexpr int lines = 500;
    constexpr double frame = 16.0;         // milliseconds
    constexpr double mostMegabytes = 80.0; // 64 of samples; it was 300
    std::string text;
    for (int i = 0; i < lines; ++i)
        text += (i % 2 == 0 ? "Anna: You are late again, and the soup is cold by now. Number "
                            : "Ben: The train stood still for an hour between two stations. Number ") +
                std::to_string (i) + ".\n";
    FakeFaults many;
    many.seats = 8;
    PluginFixture fixture (many);
    const juce::ScopedJuceInitialiser_GUI juce;
    PluginProcessor processor (fixture.options());
    processor.prepareToPlay ((double) modelSampleRateHz, 512);
    processor.workspace.load (StateText { text, 0, false }.text());
    REQUIRE (renderAll (processor.workspace));
    auto& stage = processor.workspace.player().stage();
    const auto isResampled = [&] { // what is heard soon; the rest as far as there is room
        const auto soon = (std::size_t) (100.0 * stage.hostRate());
        return ! stage.planFor ({ {}, 0, false, false }).waiting ({ 0 }, soon);
    };
    REQUIRE (eventually (isResampled));
    const std::unique_ptr<juce::AudioProcessorEditor> editor (processor.createEditor());
    auto& shown = dynamic_cast<PluginEditor&> (*editor);
    editor->setSize (1200, 800);
    editor->createComponentSnapshot (editor->getLocalBounds());
    const auto seconds = (double) stage.view()->end.value / (double) modelSampleRateHz;
    const auto atModelRate = megabytesHeld();
    double afterFirst = 0.0;
    for (const double rate : { 48'000.0, 44'100.0, 96'000.0, 48'000.0, 44'100.0, 48'000.0 })
    {
        const auto change = millisecondsOf ([&] { processor.prepareToPlay (rate, 512); });
        double longest = 0.0;
        const auto begun = std::chrono::steady_clock::now();
        REQUIRE (eventually ([&] { // the message thread's work meanwhile
            longest = std::max (longest, millisecondsOf ([&] { shown.refresh(); }));
            return isResampled();
        }));
        const auto whole = std::chrono::duration<double> (std::chrono::steady_clock::now() - begun).count();
        std::this_thread::sleep_for (
            std::chrono::seconds (2)); // until all is resampled that there is room for
        const auto held = megabytesHeld();
        std::cout << rate << " Hz: " << change << " ms for the host, at most " << longest
                  << " ms for the editor, after " << whole << " s the first 100 of " << seconds
                  << " s are resampled; " << held - atModelRate << " MB more than at 24 kHz\n";
        CHECK (change <= frame);
        CHECK (longest <= frame);
        CHECK (held - atModelRate <= mostMegabytes);
        if (afterFirst == 0.0)
            afterFirst = held;
    }
    CHECK (megabytesHeld() - afterFirst <= 16.0); // at the same rate
}
