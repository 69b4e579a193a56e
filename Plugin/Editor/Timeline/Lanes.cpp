// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Lanes.h"

#include <algorithm>
#include <cmath>

#include "Editor/Text/Drawing.h"
#include "Editor/Timeline/ClipHandle.h"
#include "Editor/Timeline/ClipPainter.h"
#include "Editor/Timeline/Look.h"
#include "Editor/Timeline/Model/Ticks.h"
#include "Editor/Timeline/Model/Words.h"

namespace tableread::plugin
{
namespace
{
constexpr const char* firstWords =
    "Write a script: its lines appear here, and their speech while it is rendered.";
} // namespace

TimelineLanes::TimelineLanes (TimelineContext& shown) : context (shown)
{
    setOpaque (true);
    setTitle ("Lines");
}

TimelineLanes::~TimelineLanes() = default;

void TimelineLanes::update()
{
    placeHandles();
    repaint();
}

void TimelineLanes::resized()
{
    placeHandles();
}

juce::Rectangle<float> TimelineLanes::areaOf (const TimelineClip& clip) const
{
    const auto& scale = context.model.scale();
    const auto start = context.model.startOf (clip);
    // Whole pixels, and one between neighbours.
    const auto left = std::round (scale.toX (start)),
               right = std::round (scale.toX (start + clip.length)) - 1.0;
    return { (float) left, (float) context.rows.yOf (clip.lane) + timeline::laneGap,
             (float) std::max (1.0, right - left), (float) context.rows.height() - 2.0f * timeline::laneGap };
}

void TimelineLanes::repaintClip (const TimelineClip& clip)
{
    const auto area = areaOf (clip).getIntersection (getLocalBounds().toFloat());
    if (! area.isEmpty())
        repaint (area.getSmallestIntegerContainer());
}

void TimelineLanes::paint (juce::Graphics& g)
{
    context.model.peaks.beginPainting();
    const auto part = g.getClipBounds();
    paintBackground (g, part);
    const auto& clips = context.model.clips().all();
    if (clips.empty())
        return paintEmpty (g);
    ClipPainter painter (context, g);
    const auto visible = part.toFloat();
    const auto focus = context.model.selection.focus();
    const bool hasKeyboard =
        getParentComponent() != nullptr && getParentComponent()->hasKeyboardFocus (false);
    std::vector<float> drawnTo (context.rows.count(), -1e9f); // of the smallest ones: one a pixel is enough
    const TimelineClip* over = nullptr;
    for (const auto& clip : clips)
    {
        const auto area = areaOf (clip);
        if (! area.intersects (visible))
            continue;
        if (area.getRight() <= drawnTo[clip.lane] && ! context.model.selection.has (clip.line()))
            continue;
        if (area.getWidth() < timeline::leastForFrame)
            drawnTo[clip.lane] = area.getRight();
        painter.paint (clip, area, hasKeyboard && clip.line() == focus);
        if (clip.line() == hovered)
            over = &clip;
    }
    if (over != nullptr && context.audition && ! context.model.isDragging())
        if (const auto button = ClipPainter::playButton (areaOf (*over)); ! button.isEmpty())
            painter.paintPlayButton (button, isOverButton);
    if (frame)
    {
        g.setColour (Theme::accent.withAlpha (0.12f));
        g.fillRect (*frame);
        g.setColour (Theme::accent.withAlpha (0.7f));
        g.drawRect (*frame);
    }
}

void TimelineLanes::paintBackground (juce::Graphics& g, juce::Rectangle<int> part)
{
    g.setColour (Theme::field);
    g.fillRect (part);
    const auto& rows = context.rows;
    g.setColour (Theme::line.withAlpha (0.35f));
    const auto ticks = context.model.hasBars() ? ticksOfBars (context.model.scale(), context.model.music())
                                               : ticksOfSeconds (context.model.scale());
    for (const auto& tick : ticks)
        if (! tick.label.empty())
            g.fillRect (juce::Rectangle<int> ((int) std::lround (context.model.scale().toX (tick.seconds)), 0,
                                              1, getHeight()));
    g.setColour (Theme::line.withAlpha (0.6f));
    for (std::size_t lane = 0; lane < rows.count(); ++lane)
        if (const auto y = (int) (rows.yOf (lane) + rows.height()) - 1;
            y >= part.getY() && y < part.getBottom())
            g.fillRect (part.getX(), y, part.getWidth(), 1);
}

void TimelineLanes::paintEmpty (juce::Graphics& g)
{
    g.setColour (Theme::dim);
    drawWords (g, *context.faces, firstWords,
               { getLocalBounds().reduced (12).toFloat(), 15.0f, juce::Justification::centred });
}

juce::String TimelineLanes::getTooltip()
{
    const auto* clip = clipAt (getMouseXYRelative());
    if (clip == nullptr)
        return {};
    if (context.audition && isOnPlayButton (*clip, getMouseXYRelative()))
        return "Hear this line";
    return textOf (tipFor (*clip, context.model.clips().speakerOf (*clip), context.model.music()));
}

std::unique_ptr<juce::AccessibilityHandler> TimelineLanes::createAccessibilityHandler()
{
    return std::make_unique<juce::AccessibilityHandler> (*this, juce::AccessibilityRole::list);
}

void TimelineLanes::placeHandles()
{
    constexpr std::size_t most = 200; // more are too small to be read one by one
    std::size_t used = 0;
    const auto screen = getLocalBounds();
    for (const auto& clip : context.model.clips().all())
    {
        const auto area = areaOf (clip);
        if (area.getWidth() < timeline::leastForTitle || ! area.intersects (screen.toFloat()))
            continue;
        if (used == most)
            break;
        if (used == clipHandles.size())
        {
            clipHandles.push_back (std::make_unique<TimelineClipHandle> (context));
            addChildComponent (*clipHandles.back());
        }
        clipHandles[used++]->show (clip, area.getSmallestIntegerContainer().getIntersection (screen));
    }
    for (; used < clipHandles.size(); ++used)
        clipHandles[used]->setVisible (false);
}
} // namespace tableread::plugin
