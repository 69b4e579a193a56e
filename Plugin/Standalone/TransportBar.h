// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Look/Icons.h"
#include "Processor/Transport.h"

namespace tableread::plugin
{
/** The app's transport: return to start, play and stop, loop, the position. Stops where the speech ends, and when no audio device
    runs. */
class TransportBar : public juce::Component, private juce::Timer
{
public:
    /** The transport outlives this. */
    explicit TransportBar (Transport& moved);

    void playOrStop();
    void returnToStart();

    /** Turns the loop on or off; without a range it is what is spoken so far. */
    void toggleLoop();

    /** For the button; playOrStop() unless it is set. */
    std::function<void()> onPlayOrStop = [this] { playOrStop(); };

    bool isPlaying() const { return transport.current().isPlaying; }

    /** Where the speech ends, in seconds; empty as long as some is still being rendered. */
    std::function<std::optional<double>()> end = [] { return std::nullopt; };

    /** Where the last line ends or will end, in seconds. */
    std::function<double()> length = [] { return 0.0; };

    /** It could not play. */
    std::function<void()> onNoDevice = [] {};

    /** It has begun or stopped. */
    std::function<void()> onPlaying = [] {};

    /** Shows where it is; called by the timer. */
    void refresh();

    void resized() override;

private:
    void timerCallback() override { refresh(); }
    void stopAtEnd();
    void watchDevice();

    Transport& transport;
    IconButton toStart { Icon::ToStart, "Return to start" }, play { Icon::Play, "Play" },
        loop { Icon::Loop, "Loop" };
    juce::Label position;
    bool wasPlaying = false;
    int stillTicks = 0; // of the timer since it moved last, although it plays
    HostSamples last;
};
} // namespace tableread::plugin
