// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "Editor/Text/Drawing.h"
#include "Editor/Timeline/Model/Words.h"
#include "Editor/Timeline/View.h"

namespace tableread::plugin
{
namespace
{
using KeyCode = juce::KeyPress;
using Keys = juce::ModifierKeys;
using SelectionStep = TimelineSelection::Step;

std::optional<SelectionStep> selectionStepOf (const juce::KeyPress& key)
{
    const std::pair<int, SelectionStep> steps[] = {
        { KeyCode::leftKey, SelectionStep::Previous }, { KeyCode::rightKey, SelectionStep::Next },
        { KeyCode::upKey, SelectionStep::LaneUp },     { KeyCode::downKey, SelectionStep::LaneDown },
        { KeyCode::homeKey, SelectionStep::First },    { KeyCode::endKey, SelectionStep::Last }
    };
    for (const auto& [code, step] : steps)
        if (key.isKeyCode (code))
            return step;
    return {};
}
} // namespace

bool TimelineView::keyPressed (const juce::KeyPress& key)
{
    visited();
    const auto keys = key.getModifiers();
    const bool isArrow = key.isKeyCode (KeyCode::leftKey) || key.isKeyCode (KeyCode::rightKey);
    if (isArrow && keys.isAltDown() && ! keys.isCommandDown())
    {
        constexpr int pause = 400; // ms without a key: then it is one step of undo
        if (! context.model.nudge (key.isKeyCode (KeyCode::leftKey) ? -1 : 1, keys.isShiftDown()))
            return false;
        startTimer (pause);
        focusMoved();
        return true;
    }
    if (key == juce::KeyPress (KeyCode::escapeKey))
        return leaveByKey (key);
    timerCallback(); // what was nudged is done
    return selectByKey (key) || zoomByKey (key) || editByKey (key) || leaveByKey (key);
}

bool TimelineView::selectByKey (const juce::KeyPress& key)
{
    const auto keys = key.getModifiers();
    auto& model = context.model;
    if (key == juce::KeyPress ('a', Keys::commandModifier, 0))
    {
        selectAll();
        return true;
    }
    const auto step = selectionStepOf (key);
    if (! step || keys.isAltDown() || keys.isCommandDown() || model.clips().all().empty())
        return false;
    if (model.selection.move (*step, keys.isShiftDown(), model.clips(), model.scale().start()))
        focusMoved();
    return true;
}

void TimelineView::selectAll()
{
    std::vector<project::LineId> lines;
    for (const auto& clip : context.model.clips().all())
        lines.push_back (clip.line());
    context.model.selection.setAll (std::move (lines));
    changed();
}

bool TimelineView::zoomByKey (const juce::KeyPress& key)
{
    constexpr double step = 1.5, page = 0.9;
    const auto typed = key.getTextCharacter();
    if (key.isKeyCode (KeyCode::pageUpKey) || key.isKeyCode (KeyCode::pageDownKey))
        context.model.scrollPages (key.isKeyCode (KeyCode::pageUpKey) ? -page : page);
    else if (typed == '+' || typed == '=' || key.isKeyCode (KeyCode::numberPadAdd))
        zoomBy (step);
    else if (typed == '-' || key.isKeyCode (KeyCode::numberPadSubtract))
        zoomBy (1.0 / step);
    else if (key == juce::KeyPress ('0', Keys::commandModifier, 0))
        context.model.fitAll();
    else
        return false;
    changed();
    return true;
}

bool TimelineView::editByKey (const juce::KeyPress& key)
{
    const auto* clip = context.model.focused();
    if (clip == nullptr)
        return false;
    if (key == juce::KeyPress (KeyCode::returnKey) && context.locate)
        context.locate (context.model.startOf (*clip));
    else if (key == juce::KeyPress (KeyCode::returnKey, Keys::shiftModifier, 0) && context.audition)
        context.audition (clip->line());
    else if (key == juce::KeyPress (KeyCode::returnKey, Keys::altModifier, 0))
        context.model.moveToPlayhead();
    else if (key == juce::KeyPress ('l', Keys::shiftModifier, 0) && loopSelection())
        return true;
    else if (key == juce::KeyPress (KeyCode::deleteKey) || key == juce::KeyPress (KeyCode::backspaceKey))
        context.model.removeAnchors();
    else
        return false;
    changed();
    return true;
}

bool TimelineView::loopSelection()
{
    const auto range = context.setLoop ? context.model.selectedRange() : std::nullopt;
    if (range)
        context.setLoop (std::max (0.0, range->from), range->to);
    return range.has_value();
}

bool TimelineView::leaveByKey (const juce::KeyPress& key)
{
    if (key == juce::KeyPress (KeyCode::F10Key, Keys::shiftModifier, 0))
    {
        openMenu();
        return true;
    }
    if (key != juce::KeyPress (KeyCode::escapeKey))
        return false; // Tab too: JUCE then moves to the next control
    stopTimer();
    if (context.model.isDragging())
        context.model.cancelDrag();
    else if (! context.model.selection.isEmpty())
        context.model.selection.clear();
    else
        giveAwayKeyboardFocus(); // the keys are the host's again
    changed();
    return true;
}

void TimelineView::focusMoved()
{
    context.model.revealFocus();
    if (const auto* clip = context.model.focused())
    {
        context.rows.reveal (clip->lane);
        juce::AccessibilityHandler::postAnnouncement (
            textOf (describe (*clip, context.model.clips().speakerOf (*clip), context.model.music())),
            juce::AccessibilityHandler::AnnouncementPriority::medium);
    }
    changed();
}

/** For those without a mouse, and for hosts that take no drags. */
void TimelineView::addSounds (juce::PopupMenu& menu, const TimelineClip& clip)
{
    const auto add = [&] (const std::string& name, playback::Dragged what) {
        menu.addItem (textOf (name), [self = SafePointer<TimelineView> (this), what = std::move (what)] {
            if (self != nullptr)
                self->context.sounds.toFile (what);
        });
    };
    const auto& speaker = context.model.clips().speakerOf (clip);
    menu.addSeparator();
    add ("Save this line as an audio file\u2026", playback::DraggedLine { clip.line() });
    add ("Save its scene as an audio file\u2026", playback::DraggedScene { clip.first->scene });
    add ("Save " + speaker + "'s stem as an audio file\u2026", playback::DraggedSpeaker { speaker });
}

void TimelineView::openMenu()
{
    const auto* clip = context.model.focused();
    const auto add = [this] (juce::PopupMenu& menu, const char* name, bool isEnabled, auto action) {
        menu.addItem (name, isEnabled, false, [self = SafePointer<TimelineView> (this), action] {
            if (self == nullptr)
                return;
            action (*self);
            self->changed();
        });
    };
    const auto press = [] (int code, int modifiers) {
        return [code, modifiers] (TimelineView& self) {
            self.keyPressed (juce::KeyPress (code, Keys (modifiers), 0));
        };
    };
    const auto isAny = [this] (bool isAnchored) {
        for (const auto& each : context.model.clips().all())
            if (context.model.selection.has (each.line()) && each.isAnchored() == isAnchored)
                return true;
        return false;
    };
    juce::PopupMenu menu;
    menu.setLookAndFeel (&getLookAndFeel());
    if (context.audition)
        add (menu, "Hear this line", clip != nullptr, press (KeyCode::returnKey, Keys::shiftModifier));
    if (context.locate)
        add (menu, "Go to its start", clip != nullptr, press (KeyCode::returnKey, 0));
    if (context.retry && clip != nullptr && clip->state == playback::PartState::Failed)
        add (menu, "Render it again", true,
             [line = clip->line()] (TimelineView& self) { self.context.retry (line); });
    menu.addSeparator();
    add (menu, "Move to the playhead", clip != nullptr, press (KeyCode::returnKey, Keys::altModifier));
    add (menu, "Keep its place", isAny (false), [] (TimelineView& self) { self.context.model.anchorHere(); });
    add (menu, "Follow the line before", isAny (true),
         [] (TimelineView& self) { self.context.model.removeAnchors(); });
    if (context.setLoop)
        add (menu, "Loop what is selected", clip != nullptr, press ('l', Keys::shiftModifier));
    if (context.sounds.toFile && clip != nullptr)
        addSounds (menu, *clip);
    menu.addSeparator();
    add (menu, "Select all", ! context.model.clips().all().empty(),
         [] (TimelineView& self) { self.selectAll(); });
    add (menu, "Show everything", true, [] (TimelineView& self) { self.context.model.fitAll(); });
    auto place = lanes.getScreenBounds().withSizeKeepingCentre (1, 1);
    if (lanes.isMouseOver (true))
        place = juce::Rectangle<int> (1, 1).withPosition (juce::Desktop::getMousePosition());
    else if (clip != nullptr)
        place = lanes.localAreaToGlobal (
            lanes.areaOf (*clip).getSmallestIntegerContainer().getIntersection (lanes.getLocalBounds()));
    menu.showMenuAsync (juce::PopupMenu::Options().withTargetScreenArea (place));
}
} // namespace tableread::plugin
