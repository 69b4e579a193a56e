// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Ruler.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "Editor/Text/Drawing.h"
#include "Editor/Timeline/Look.h"

namespace tableread::plugin
{
TimelineRuler::TimelineRuler (TimelineContext& shown) : context (shown)
{
    setOpaque (true);
    setTitle ("Time");
}

int TimelineRuler::rows() const
{
    return 1 + (hasScenes() ? 1 : 0) + (context.model.hasBars() ? 1 : 0);
}

void TimelineRuler::paint (juce::Graphics& g)
{
    g.fillAll (Theme::panel);
    auto area = getLocalBounds();
    const auto& scale = context.model.scale();
    if (hasScenes())
        paintScenes (g, area.removeFromTop (timeline::rulerRow));
    const auto seconds = area.removeFromTop (timeline::rulerRow);
    paintLoop (g, seconds);
    paintTicks (g, ticksOfSeconds (scale), seconds);
    if (context.model.hasBars())
        paintTicks (g, ticksOfBars (scale, context.model.music()), area.removeFromTop (timeline::rulerRow));
    g.setColour (Theme::line);
    g.fillRect (getLocalBounds().removeFromBottom (1));
    paintDrag (g, seconds);
}

void TimelineRuler::paintScenes (juce::Graphics& g, juce::Rectangle<int> row)
{
    const auto& scale = context.model.scale();
    for (const auto& scene : context.model.clips().scenes())
    {
        const auto left = (float) std::round (scale.toX (scene.start)),
                   right = (float) std::round (scale.toX (scene.end)) - 1.0f;
        const juce::Rectangle<float> tag (left, (float) row.getY() + 2.0f, std::max (2.0f, right - left),
                                          (float) row.getHeight() - 4.0f);
        const auto seen = tag.getIntersection (row.toFloat());
        if (seen.isEmpty())
            continue;
        g.setColour (Theme::line);
        g.fillRoundedRectangle (tag, 3.0f);
        g.setColour (Theme::text);
        drawWords (g, *context.faces, scene.title, { seen.reduced (5.0f, 0.0f), timeline::smallFont });
    }
}

void TimelineRuler::paintLoop (juce::Graphics& g, juce::Rectangle<int> row)
{
    const auto& loop = context.model.loop();
    if (! loop)
        return;
    const auto left = (float) context.model.scale().toX (loop->from),
               right = (float) context.model.scale().toX (loop->to);
    const auto colour = loop->isOn ? Theme::accent : Theme::dim;
    const auto band = row.toFloat().withLeft (left).withRight (right);
    g.setColour (colour.withAlpha (0.22f));
    g.fillRect (band);
    g.setColour (colour);
    g.fillRect (band.withWidth (2.0f));
    g.fillRect (band.withLeft (right - 2.0f));
}

void TimelineRuler::paintTicks (juce::Graphics& g, const std::vector<Tick>& ticks, juce::Rectangle<int> row)
{
    constexpr int small = 4;
    for (const auto& tick : ticks)
    {
        const auto x = (int) std::lround (context.model.scale().toX (tick.seconds));
        const bool isLabelled = ! tick.label.empty();
        g.setColour (isLabelled ? Theme::dim.withAlpha (0.6f) : Theme::line);
        g.fillRect (row.withX (x).withWidth (1).removeFromBottom (isLabelled ? row.getHeight() - 5 : small));
        if (! isLabelled)
            continue;
        g.setColour (Theme::dim);
        drawWords (g, *context.faces, tick.label,
                   { row.withX (x + 4).withWidth (80).withTrimmedBottom (2).toFloat(), timeline::smallFont });
    }
}

/** Where the clip that is dragged begins, in the words that its anchor will have. */
void TimelineRuler::paintDrag (juce::Graphics& g, juce::Rectangle<int> row)
{
    const auto start = context.model.draggedStart();
    if (! start)
        return;
    const bool isInBars = context.model.hasBars() && context.model.snap == SnapMode::Beats;
    const auto words = isInBars ? barText (context.model.music().quartersAt (*start), context.model.music())
                                : timeText (*start, 3);
    const auto width = widthOf (*context.faces, words, timeline::smallFont) + 12.0f;
    const auto x = (float) context.model.scale().toX (*start);
    const auto tag =
        juce::Rectangle<float> (std::clamp (x, 0.0f, std::max (0.0f, (float) getWidth() - width)),
                                (float) row.getY() + 2.0f, width, (float) row.getHeight() - 4.0f);
    g.setColour (Theme::accent);
    g.fillRoundedRectangle (tag, 3.0f);
    g.fillRect (x, tag.getY(), 1.0f, (float) getHeight() - tag.getY());
    g.setColour (Theme::background);
    drawWords (g, *context.faces, words, { tag, timeline::smallFont, juce::Justification::centred });
}

const SceneSpan* TimelineRuler::sceneAt (juce::Point<int> place) const
{
    if (! hasScenes() || place.y >= timeline::rulerRow || ! getLocalBounds().contains (place))
        return nullptr;
    const auto seconds = context.model.scale().toSeconds (place.x);
    const auto& scenes = context.model.clips().scenes();
    const auto found = std::find_if (scenes.rbegin(), scenes.rend(), [&] (const SceneSpan& scene) {
        return seconds >= scene.start && seconds < scene.end;
    });
    return found != scenes.rend() ? &*found : nullptr;
}

/** The end that stays if the one at this place is dragged; empty: none is there. */
std::optional<double> TimelineRuler::otherLoopEnd (juce::Point<int> place) const
{
    constexpr double reach = 5.0; // pixels
    const auto& loop = context.model.loop();
    if (! loop || ! context.setLoop || (hasScenes() && place.y < timeline::rulerRow))
        return {};
    const auto& scale = context.model.scale();
    for (const auto& [end, other] :
         { std::pair { loop->to, loop->from }, std::pair { loop->from, loop->to } })
        if (std::abs (scale.toX (end) - place.x) <= reach)
            return other;
    return {};
}

double TimelineRuler::secondsAt (const juce::MouseEvent& event) const
{
    return std::max (0.0, context.model.scale().toSeconds (event.position.x));
}

void TimelineRuler::mouseDown (const juce::MouseEvent& event)
{
    isDragging = false;
    pressed.reset();
    loopEnd.reset();
    const auto* scene = sceneAt (event.getPosition());
    if (event.mods.isPopupMenu())
    {
        if (scene != nullptr)
            openMenu (*scene);
        return;
    }
    if (scene != nullptr)
        pressed = *scene;
    else if (context.setLoop && event.mods.isShiftDown())
        loopEnd = secondsAt (event);
    else
        loopEnd = otherLoopEnd (event.getPosition());
    if (! pressed && ! loopEnd && context.locate)
        context.locate (secondsAt (event));
}

void TimelineRuler::mouseDrag (const juce::MouseEvent& event)
{
    if (event.mods.isPopupMenu())
        return;
    if (loopEnd)
        context.setLoop (std::min (*loopEnd, secondsAt (event)), std::max (*loopEnd, secondsAt (event)));
    else if (! pressed)
    {
        if (context.locate)
            context.locate (secondsAt (event));
    }
    else if (! isDragging && event.mouseWasDraggedSinceMouseDown() && context.sounds.drag)
    {
        isDragging = true;
        context.sounds.drag (playback::DraggedScene { pressed->scene }, *this);
    }
}

void TimelineRuler::mouseUp (const juce::MouseEvent&)
{
    if (pressed && ! isDragging && context.locate)
        context.locate (std::max (0.0, pressed->start));
    pressed.reset();
    loopEnd.reset();
}

void TimelineRuler::openMenu (const SceneSpan& scene)
{
    juce::PopupMenu menu;
    menu.setLookAndFeel (&getLookAndFeel());
    const auto add = [&] (const char* name, auto action) {
        menu.addItem (juce::String::fromUTF8 (name), [self = SafePointer<TimelineRuler> (this), action] {
            if (self != nullptr)
                action (self->context);
        });
    };
    if (context.locate)
        add ("Go to its start",
             [start = std::max (0.0, scene.start)] (TimelineContext& shown) { shown.locate (start); });
    add ("Select its lines", [number = scene.scene] (TimelineContext& shown) {
        std::vector<project::LineId> lines;
        for (const auto& clip : shown.model.clips().all())
            if (clip.first->scene == number)
                lines.push_back (clip.line());
        shown.model.selection.setAll (std::move (lines));
        shown.changed();
    });
    if (context.sounds.toFile)
        add ("Save as an audio file\u2026", [number = scene.scene] (TimelineContext& shown) {
            shown.sounds.toFile (playback::DraggedScene { number });
        });
    menu.showMenuAsync (juce::PopupMenu::Options().withMousePosition());
}

juce::MouseCursor TimelineRuler::getMouseCursor()
{
    const auto place = getMouseXYRelative();
    if (sceneAt (place) != nullptr && context.sounds.drag)
        return juce::MouseCursor::DraggingHandCursor;
    return otherLoopEnd (place) ? juce::MouseCursor::LeftRightResizeCursor : juce::MouseCursor::NormalCursor;
}

juce::String TimelineRuler::getTooltip()
{
    if (const auto* scene = sceneAt (getMouseXYRelative()))
        return textOf (scene->title + ": drag it out as audio");
    return context.setLoop ? juce::String ("Drag with Shift to choose what is looped") : juce::String();
}
} // namespace tableread::plugin
