// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "PlayedPlugin.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

TEST_CASE ("A loop begins again at the very sample at which it ends", "[plugin][transport]")
{
    Transport transport;
    transport.setRate (1'000.0);
    transport.setLoop ({ 1.0, 1.5, true });
    transport.play();
    transport.locate ({ 1'400 });
    auto piece = transport.advance (64);
    CHECK (piece.sample.value == 1'400);
    CHECK (piece.count == 64);
    piece = transport.advance (64);
    CHECK (piece.sample.value == 1'464);
    CHECK (piece.count == 36);
    piece = transport.advance (28);
    CHECK (piece.sample.value == 1'000);
    CHECK (piece.count == 28);

    transport.locate ({ 1'490 });
    piece = transport.advance (10); // to the end and no further
    CHECK (piece.count == 10);
    CHECK (transport.advance (10).sample.value == 1'000);

    SECTION ("from behind it playing goes on")
    {
        transport.locate ({ 1'500 });
        CHECK (transport.advance (64).count == 64);
        CHECK (transport.advance (64).sample.value == 1'564);
    }
    SECTION ("where it is off")
    {
        transport.setLoop ({ 1.0, 1.5, false });
        transport.locate ({ 1'490 });
        CHECK (transport.advance (64).count == 64);
    }
    SECTION ("where it is too short to be one")
    {
        transport.setLoop ({ 1.0, 1.04, true });
        transport.locate ({ 1'030 });
        CHECK (transport.advance (64).count == 64);
    }
    SECTION ("while it stands")
    {
        transport.stop();
        transport.locate ({ 1'490 });
        CHECK (transport.advance (64).count == 64);
        CHECK (transport.advance (64).sample.value == 1'490);
    }
}

TEST_CASE ("The app's blocks are whole where a loop begins again", "[plugin][processor][transport]")
{
    const int block = GENERATE (17, 512, 8192);
    PluginFixture fixture;
    using Kind = juce::AudioProcessor;
    Kind::setTypeOfNextNewPlugin (Kind::wrapperType_Standalone);
    const PlayedPlugin plugin (fixture, 24'000.0, block);
    Kind::setTypeOfNextNewPlugin (Kind::wrapperType_Undefined);
    plugin.renderAll();
    const auto whole = expectedSound (24'000.0);
    constexpr std::int64_t from = 2'400, to = 7'200; // in the first line
    auto& transport = plugin.processor->transport;
    transport.setLoop ({ 0.1, 0.3, true });
    transport.locate ({ from });
    transport.play();
    std::vector<float> heard, expected;
    juce::MidiBuffer midi;
    for (int i = 0; i < 3 * (int) (to - from) / block + 1; ++i)
    {
        juce::AudioBuffer<float> audio (2, block);
        plugin.processor->processBlock (audio, midi);
        heard.insert (heard.end(), audio.getReadPointer (0), audio.getReadPointer (0) + block);
        CHECK (std::equal (audio.getReadPointer (0), audio.getReadPointer (0) + block,
                           audio.getReadPointer (1)));
    }
    while (expected.size() < heard.size())
        expected.push_back (whole[(std::size_t) from + expected.size() % (std::size_t) (to - from)]);
    CHECK ((heard == expected));
    CHECK (plugin.workspace().player().stage().late() == 0);
}
