// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/TransportBar.h"

#include <utility>

#include "Editor/Look/Theme.h"
#include "Editor/StatusText.h"

namespace tableread::plugin
{
namespace
{
constexpr int refreshHz = 30;
} // namespace

TransportBar::TransportBar (Transport& moved) : transport (moved)
{
    toStart.onClick = [this] { returnToStart(); };
    play.onClick = [this] { onPlayOrStop(); };
    loop.onClick = [this] { toggleLoop(); };
    loop.setTooltip (
        "Play what the ruler's frame holds again and again. Drag in the ruler with Shift to choose it.");
    position.setFont (Theme::font (16.0f));
    position.setJustificationType (juce::Justification::centredRight);
    position.setTitle ("Position");
    for (auto* part : std::initializer_list<juce::Component*> { &toStart, &play, &loop, &position })
        addAndMakeVisible (part);
    refresh();
    startTimerHz (refreshHz);
}

void TransportBar::playOrStop()
{
    if (isPlaying())
        transport.stop();
    else
        transport.play();
    refresh();
}

void TransportBar::returnToStart()
{
    transport.locate ({ 0 });
}

void TransportBar::toggleLoop()
{
    auto range = transport.loop();
    range.isOn = ! range.isOn;
    if (range.to <= range.from)
        range = { 0.0, length(), length() > 0.0 };
    transport.setLoop (range);
    refresh();
}

void TransportBar::refresh()
{
    loop.setToggleState (transport.loop().isOn, juce::dontSendNotification);
    stopAtEnd();
    watchDevice();
    const auto now = transport.current();
    position.setText (clockText ((double) now.sample.value / transport.rate()), juce::dontSendNotification);
    if (now.isPlaying == std::exchange (wasPlaying, now.isPlaying))
        return;
    play.show (now.isPlaying ? Icon::Stop : Icon::Play, now.isPlaying ? "Stop" : "Play");
    onPlaying();
}

void TransportBar::stopAtEnd()
{
    constexpr double tail = 0.3; // seconds
    const auto now = transport.current();
    const auto last = end();
    const auto range = transport.loop();
    if (range.isOn && (double) now.sample.value < range.to * transport.rate())
        return;
    if (! now.isPlaying || ! last || (double) now.sample.value < (*last + tail) * transport.rate())
        return;
    transport.stop();
    returnToStart();
}

void TransportBar::watchDevice()
{
    constexpr int patience = refreshHz * 3 / 2;
    const auto now = transport.current();
    stillTicks = now.isPlaying && now.sample == last ? stillTicks + 1 : 0;
    last = now.sample;
    if (stillTicks != patience)
        return;
    transport.stop();
    onNoDevice();
}

void TransportBar::resized()
{
    auto area = getLocalBounds();
    toStart.setBounds (area.removeFromLeft (getHeight() + 6));
    area.removeFromLeft (4);
    play.setBounds (area.removeFromLeft (getHeight() + 6));
    area.removeFromLeft (4);
    loop.setBounds (area.removeFromLeft (getHeight() + 6));
    position.setBounds (area);
}
} // namespace tableread::plugin
