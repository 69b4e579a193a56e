// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <utility>

#include "Editor/Timeline/ClipPainter.h"
#include "Editor/Timeline/Lanes.h"

namespace tableread::plugin
{
const TimelineClip* TimelineLanes::clipAt (juce::Point<int> place) const
{
    const auto lane = context.rows.laneAt (place.y);
    return lane && getLocalBounds().contains (place) ? context.model.clipAt (*lane, place.x) : nullptr;
}

bool TimelineLanes::isOnPlayButton (const TimelineClip& clip, juce::Point<int> place) const
{
    return ClipPainter::playButton (areaOf (clip)).contains (place.toFloat());
}

void TimelineLanes::hover (juce::Point<int> place)
{
    const auto* clip = clipAt (place);
    const auto line = clip != nullptr ? clip->line() : project::LineId();
    const bool isOver = clip != nullptr && isOnPlayButton (*clip, place);
    const auto before = std::exchange (hovered, line);
    if (std::exchange (isOverButton, isOver) == isOver && before == line)
        return;
    for (const auto each : { before, line })
        if (const auto index = context.model.clips().placeOf (each))
            repaintClip (context.model.clips().all()[*index]);
}

void TimelineLanes::mouseDown (const juce::MouseEvent& event)
{
    context.visited();
    context.model.endDrag(); // that of the keys
    const auto* clip = clipAt (event.getPosition());
    pressed.reset();
    if (event.mods.isPopupMenu())
    {
        if (clip == nullptr)
            context.model.selection.clear();
        else
            context.model.selection.focusOn (clip->line()); // the menu is of what was clicked
        context.changed();
        context.openMenu();
        return;
    }
    if (clip == nullptr)
        pressed = Press { {}, 0.0, event.getPosition(), false };
    else if (context.audition && isOnPlayButton (*clip, event.getPosition()))
        context.audition (clip->line());
    else
        press (*clip, event);
    beginDragAutoRepeat (40); // it scrolls while the mouse is held outside
    context.changed();
}

void TimelineLanes::press (const TimelineClip& clip, const juce::MouseEvent& event)
{
    auto& selection = context.model.selection;
    const auto line = clip.line();
    const bool wasSelected = selection.has (line);
    pressed = Press { line, context.model.scale().toSeconds (event.position.x) - context.model.startOf (clip),
                      event.getPosition(), false };
    if (event.mods.isCommandDown())
        selection.toggle (line);
    else if (event.mods.isShiftDown())
        selection.extendTo (line, context.model.clips());
    else if (wasSelected)
        pressed->selectsAlone = true;
    else
        selection.set (line);
}

void TimelineLanes::mouseDrag (const juce::MouseEvent& event)
{
    constexpr int threshold = 4; // pixels
    auto& model = context.model;
    const bool isMoving = frame || model.isDragging();
    if (! pressed || (! isMoving && event.getPosition().getDistanceFrom (pressed->place) < threshold))
        return;
    scrollTowards (event.getPosition());
    if (pressed->line)
    {
        if (! model.isDragging())
            model.beginDrag (pressed->line);
        model.dragTo (model.scale().toSeconds (event.position.x) - pressed->grabbed,
                      event.mods.isShiftDown());
        setMouseCursor (juce::MouseCursor::DraggingHandCursor);
    }
    else
    {
        frame = juce::Rectangle<int> (pressed->place, event.getPosition());
        const auto& rows = context.rows;
        model.selection.setAll (model.clipsIn (rows.nearestLane (frame->getY()),
                                               rows.nearestLane (frame->getBottom()), frame->getX(),
                                               frame->getRight()));
    }
    context.changed();
}

void TimelineLanes::scrollTowards (juce::Point<int> place)
{
    constexpr double speed = 0.3; // of the distance, each time
    const auto& scale = context.model.scale();
    const auto outside = place.x < 0 ? place.x : std::max (0, place.x - getWidth());
    if (outside != 0)
        context.model.scrollTo (scale.start() + outside * speed / scale.pixelsPerSecond());
    if (frame && (place.y < 0 || place.y > getHeight()))
        context.rows.scrollTo (context.rows.top() + speed * (place.y < 0 ? place.y : place.y - getHeight()));
}

void TimelineLanes::mouseUp (const juce::MouseEvent& event)
{
    auto& model = context.model;
    const auto press = std::exchange (pressed, {});
    const bool wasFrame = std::exchange (frame, {}).has_value();
    setMouseCursor (juce::MouseCursor::NormalCursor);
    if (! press)
        return;
    if (model.isDragging())
        model.endDrag();
    else if (press->selectsAlone)
        model.selection.set (press->line);
    else if (! press->line && ! wasFrame)
    {
        model.selection.clear();
        if (context.locate)
            context.locate (std::max (0.0, model.scale().toSeconds (event.position.x)));
    }
    context.changed();
}

void TimelineLanes::mouseDoubleClick (const juce::MouseEvent& event)
{
    const auto* clip = clipAt (event.getPosition());
    if (clip == nullptr || (context.audition && isOnPlayButton (*clip, event.getPosition())))
        return;
    context.model.selection.set (clip->line());
    context.model.removeAnchors();
    context.changed();
}
} // namespace tableread::plugin
