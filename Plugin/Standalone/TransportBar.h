// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Processor/Transport.h"

namespace tableread::plugin
{
/** The app's transport: return to start, play and stop, the position. Stops where the speech ends, and when no audio device
    runs. */
class TransportBar : public juce::Component, private juce::Timer
{
public:
    /** The transport outlives this. */
    explicit TransportBar (Transport& moved);
    ~TransportBar() override;

    void playOrStop();
    void returnToStart();

    /** For the button; playOrStop() unless it is set. */
    std::function<void()> onPlayOrStop = [this] { playOrStop(); };

    bool isPlaying() const { return transport.current().isPlaying; }

    /** Where the speech ends, in seconds; empty as long as some is still being rendered. */
    std::function<std::optional<double>()> end = [] { return std::nullopt; };

    /** It could not play. */
    std::function<void()> onNoDevice = [] {};

    /** It has begun or stopped. */
    std::function<void()> onPlaying = [] {};

    /** Shows where it is; called by the timer. */
    void refresh();

    void resized() override;

private:
    class IconButton;

    void timerCallback() override { refresh(); }
    void stopAtEnd();
    void watchDevice();

    Transport& transport;
    std::unique_ptr<IconButton> toStart, play;
    juce::Label position;
    bool wasPlaying = false;
    int stillTicks = 0; // of the timer since it moved last, although it plays
    HostSamples last;
};
} // namespace tableread::plugin
