// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/TransportBar.h"

#include <memory>
#include <utility>

#include "Editor/StatusText.h"
#include "Editor/Theme.h"

namespace tableread::plugin
{
namespace
{
constexpr int refreshHz = 30;

juce::Path startIcon()
{
    juce::Path path;
    path.addRectangle (0.0f, 0.0f, 0.18f, 1.0f);
    path.addTriangle (1.0f, 0.0f, 1.0f, 1.0f, 0.24f, 0.5f);
    return path;
}

juce::Path playIcon()
{
    juce::Path path;
    path.addTriangle (0.0f, 0.0f, 0.0f, 1.0f, 0.9f, 0.5f);
    return path;
}

juce::Path stopIcon()
{
    juce::Path path;
    path.addRectangle (0.0f, 0.0f, 1.0f, 1.0f);
    return path;
}
} // namespace

/** A button with a shape in place of words, which its name has. */
class TransportBar::IconButton : public juce::Button
{
public:
    IconButton (const juce::String& name, juce::Path shape) : Button (name)
    {
        show (name, std::move (shape));
    }

    void show (const juce::String& name, juce::Path shape)
    {
        setName (name);
        setTitle (name);
        setTooltip (name);
        icon = std::move (shape);
        repaint();
    }

    void paintButton (juce::Graphics& g, bool isOver, bool isDown) override
    {
        getLookAndFeel().drawButtonBackground (g, *this, Theme::panel, isOver, isDown);
        const auto side = (float) getHeight() * 0.4f;
        const auto area = getLocalBounds().toFloat().withSizeKeepingCentre (side, side);
        g.setColour (isEnabled() ? Theme::text : Theme::dim);
        g.fillPath (icon, icon.getTransformToScaleToFit (area, true));
    }

private:
    juce::Path icon;
};

TransportBar::TransportBar (Transport& moved)
    : transport (moved)
    , toStart (std::make_unique<IconButton> ("Return to start", startIcon()))
    , play (std::make_unique<IconButton> ("Play", playIcon()))
{
    toStart->onClick = [this] { returnToStart(); };
    play->onClick = [this] { onPlayOrStop(); };
    position.setFont (Theme::font (16.0f));
    position.setJustificationType (juce::Justification::centredRight);
    position.setTitle ("Position");
    for (auto* part : std::initializer_list<juce::Component*> { toStart.get(), play.get(), &position })
        addAndMakeVisible (part);
    refresh();
    startTimerHz (refreshHz);
}

TransportBar::~TransportBar() = default;

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

void TransportBar::refresh()
{
    stopAtEnd();
    watchDevice();
    const auto now = transport.current();
    position.setText (clockText ((double) now.sample.value / transport.rate()), juce::dontSendNotification);
    if (now.isPlaying == std::exchange (wasPlaying, now.isPlaying))
        return;
    play->show (now.isPlaying ? "Stop" : "Play", now.isPlaying ? stopIcon() : playIcon());
    onPlaying();
}

void TransportBar::stopAtEnd()
{
    constexpr double tail = 0.3; // seconds
    const auto now = transport.current();
    const auto last = end();
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
    toStart->setBounds (area.removeFromLeft (getHeight() + 6));
    area.removeFromLeft (4);
    play->setBounds (area.removeFromLeft (getHeight() + 6));
    position.setBounds (area);
}
} // namespace tableread::plugin
