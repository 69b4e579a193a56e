// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/ClipPainter.h"

#include <algorithm>
#include <cmath>

#include "Editor/Script/StateIcon.h"
#include "Editor/Text/Drawing.h"
#include "Editor/Timeline/Look.h"
#include "Editor/Timeline/Model/Words.h"

namespace tableread::plugin
{
namespace
{
constexpr float hatchStep = 9.0f;

/** The height that a sample is drawn with, so that quiet speech is seen too. */
float heightOf (float sample)
{
    const auto height = std::cbrt (sample * sample);
    return std::min (1.0f, sample < 0.0f ? -height : height);
}

/** Of a clip: below its title, if it has room for one. */
juce::Rectangle<float> waveArea (juce::Rectangle<float> clip)
{
    const auto inner = clip.reduced (1.0f);
    return clip.getWidth() < timeline::leastForTitle ? inner : inner.withTrimmedTop (timeline::titleHeight);
}

bool isWaiting (const TimelineClip& clip)
{
    return clip.state == playback::PartState::Missing || clip.state == playback::PartState::Queued ||
           clip.state == playback::PartState::Loading;
}
} // namespace

ClipPainter::ClipPainter (TimelineContext& shown, juce::Graphics& graphics)
    : context (shown)
    , g (graphics)
    , visible (graphics.getClipBounds().toFloat())
    , columnWidth (1.0f / std::max (1.0f, graphics.getInternalContext().getPhysicalPixelScaleFactor()))
{}

void ClipPainter::paint (const TimelineClip& clip, juce::Rectangle<float> area, bool isFocused)
{
    const auto& lane = context.model.clips().lanes()[clip.lane];
    const bool isFailed = clip.state == playback::PartState::Failed;
    const bool isSelected = context.model.selection.has (clip.line());
    constexpr float heard = 1.0f, silent = 0.35f; // how much of its colour it has
    const auto speaker =
        Theme::field.interpolatedWith (Theme::speaker (lane.colour), isSilent (clip) ? silent : heard);
    const auto colour = isFailed ? Theme::bad : speaker;
    if (area.getWidth() < timeline::leastForFrame)
    {
        g.setColour (isSelected ? Theme::text : colour.withAlpha (isWaiting (clip) ? 0.3f : 0.65f));
        g.fillRect (area.withWidth (std::max (1.0f, area.getWidth())));
        return;
    }
    const auto strength = (isWaiting (clip) ? 0.07f : 0.15f) + (isSelected ? 0.17f : 0.0f);
    paintBody (area, Theme::field.interpolatedWith (colour, strength),
               Theme::field.interpolatedWith (colour, isWaiting (clip) ? 0.35f : 0.55f));
    const auto inner = area.reduced (1.0f);
    const auto spokenX = area.getX() + (float) (clip.spoken * context.model.scale().pixelsPerSecond());
    const bool isWhole = clip.state == playback::PartState::Done || clip.state == playback::PartState::Stale;
    if (! isWhole)
        paintHatching (inner.withLeft (std::clamp (spokenX, inner.getX(), inner.getRight())), colour);
    if (clip.take != nullptr)
        paintWave (clip, waveArea (area),
                   colour.withAlpha (clip.state == playback::PartState::Stale ? 0.45f : 0.9f));
    paintAnchor (clip, area, colour);
    paintTitle (clip, inner, colour);
    if (isSelected)
    {
        g.setColour (isFocused ? Theme::accent : Theme::text.withAlpha (0.8f));
        paintFrame (area, isFocused ? 2.0f : 1.0f);
    }
}

/** A rectangle whose corners are cut by a pixel: hundreds of rounded ones would take too long. */
void ClipPainter::paintBody (juce::Rectangle<float> area, juce::Colour fill, juce::Colour edge)
{
    g.setColour (fill);
    g.fillRect (area.reduced (1.0f));
    g.setColour (edge);
    g.fillRect (area.reduced (1.0f, 0.0f).removeFromTop (1.0f));
    g.fillRect (area.reduced (1.0f, 0.0f).removeFromBottom (1.0f));
    g.fillRect (area.reduced (0.0f, 1.0f).removeFromLeft (1.0f));
    g.fillRect (area.reduced (0.0f, 1.0f).removeFromRight (1.0f));
}

void ClipPainter::paintFrame (juce::Rectangle<float> area, float thickness)
{
    g.fillRect (area.removeFromTop (thickness));
    g.fillRect (area.removeFromBottom (thickness));
    g.fillRect (area.removeFromLeft (thickness));
    g.fillRect (area.removeFromRight (thickness));
}

void ClipPainter::paintHatching (juce::Rectangle<float> area, juce::Colour colour)
{
    const auto part = area.getIntersection (visible);
    if (part.getWidth() < 1.0f)
        return;
    // Stripes that stay where they are in time while speech grows over them and the view is scrolled.
    const auto origin = (float) std::fmod (context.model.scale().toX (0.0), (double) hatchStep);
    const auto height = area.getHeight();
    const auto first = std::floor ((part.getX() - height - origin) / hatchStep) * hatchStep + origin;
    juce::Path stripes;
    for (auto x = first; x < part.getRight(); x += hatchStep)
        stripes.addQuadrilateral (x, area.getBottom(), x + height, area.getY(), x + height + 1.4f,
                                  area.getY(), x + 1.4f, area.getBottom());
    const juce::Graphics::ScopedSaveState saved (g);
    if (g.reduceClipRegion (area.getSmallestIntegerContainer()))
    {
        g.setColour (colour.withAlpha (0.16f));
        g.fillPath (stripes);
    }
}

void ClipPainter::paintWave (const TimelineClip& clip, juce::Rectangle<float> area, juce::Colour colour)
{
    const auto part = area.getIntersection (visible);
    if (part.isEmpty())
        return;
    const auto& peaks = context.model.peaks.of (clip.take);
    const auto samplesPerPixel = (double) modelSampleRateHz / context.model.scale().pixelsPerSecond();
    const auto middle = area.getCentreY(), half = area.getHeight() * 0.46f;
    const auto sampleAt = [&] (float x) {
        return (std::int64_t) ((double) (x - area.getX()) * samplesPerPixel);
    };
    g.setColour (colour);
    for (auto x = std::floor (part.getX() / columnWidth) * columnWidth; x < part.getRight(); x += columnWidth)
    {
        const auto from = sampleAt (x);
        if (from >= peaks.samplesRead())
            break;
        const auto peak = peaks.between (from, sampleAt (x + columnWidth));
        const auto high = heightOf (peak.high) * half, low = heightOf (peak.low) * half;
        g.fillRect (
            juce::Rectangle<float> (x, middle - high, columnWidth, std::max (columnWidth, high - low)));
    }
}

bool ClipPainter::isSilent (const TimelineClip& clip) const
{
    return context.model.clips().lanes()[clip.lane].isSilent;
}

void ClipPainter::paintTitle (const TimelineClip& clip, juce::Rectangle<float> area, juce::Colour colour)
{
    if (area.getWidth() < timeline::leastForIcon)
        return;
    // It stays on the screen as long as part of its clip does.
    const auto left = std::max (0.0f, area.getX());
    const auto right = std::min ((float) context.model.scale().width(), area.getRight());
    auto strip =
        juce::Rectangle<float> (left, area.getY(), std::max (0.0f, right - left), timeline::titleHeight)
            .reduced (timeline::textGap, 0.0f);
    const auto mark = markOf (clip);
    if (mark.state != LineMark::State::Done && mark.state != LineMark::State::None)
    {
        paintState (
            g, mark,
            strip.removeFromRight (timeline::icon).withSizeKeepingCentre (timeline::icon, timeline::icon));
        strip.removeFromRight (timeline::textGap * 0.5f);
    }
    if (strip.getWidth() < timeline::leastForTitle - 2.0f * timeline::textGap)
        return;
    g.setColour (clip.state == playback::PartState::Failed ? colour
                 : isWaiting (clip) || isSilent (clip)     ? Theme::dim
                                                           : Theme::text);
    drawWords (g, *context.faces, clip.title(), { strip, timeline::titleFont });
}

void ClipPainter::paintAnchor (const TimelineClip& clip, juce::Rectangle<float> area, juce::Colour colour)
{
    constexpr float flag = 7.0f;
    if (! clip.isAnchored() || area.getWidth() < flag * 1.5f)
        return;
    juce::Path corner;
    corner.addTriangle (area.getX(), area.getY(), area.getX() + flag, area.getY(), area.getX(),
                        area.getY() + flag);
    g.setColour (colour.brighter (0.3f));
    g.fillPath (corner);
    g.fillRect (area.withWidth (2.0f));
}

juce::Rectangle<float> ClipPainter::playButton (juce::Rectangle<float> area)
{
    constexpr float size = 22.0f;
    if (area.getWidth() < 3.0f * size) // the rest is for dragging
        return {};
    const auto wave = waveArea (area);
    return juce::Rectangle<float> (size, std::min (size, wave.getHeight() - 2.0f))
        .withCentre ({ std::max (0.0f, wave.getX()) + timeline::textGap + size * 0.5f, wave.getCentreY() });
}

void ClipPainter::paintPlayButton (juce::Rectangle<float> button, bool isOver)
{
    g.setColour (isOver ? Theme::accent : Theme::background.withAlpha (0.85f));
    g.fillEllipse (button);
    const auto middle = button.getCentre();
    juce::Path arrow;
    arrow.addTriangle (middle.x - 3.0f, middle.y - 5.0f, middle.x - 3.0f, middle.y + 5.0f, middle.x + 5.5f,
                       middle.y);
    g.setColour (isOver ? Theme::background : Theme::text);
    g.fillPath (arrow);
}
} // namespace tableread::plugin
