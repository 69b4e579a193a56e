// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Timeline/Heads.h"
#include "Editor/Timeline/Lanes.h"
#include "Editor/Timeline/Playhead.h"
#include "Editor/Timeline/Ruler.h"

namespace tableread::plugin
{
/** The timeline: a lane for each speaker, with clips that can be dragged. It edits nothing itself, but says what the user
    wants; what it shows comes from show(). Message thread.

    Keys   arrows select, with Shift several; Alt and an arrow moves by a step of the grid, with Shift by a millisecond;
           Home, End, Page Up and Page Down; + and - zoom, Ctrl+0 shows all; Return locates, Shift+Return plays the line,
           Alt+Return moves it to the playhead; Delete takes anchors away; Ctrl+A; Shift+F10 opens the menu; Escape. All else is the host's.
*/
class TimelineView : public juce::Component, private juce::ScrollBar::Listener, private juce::Timer
{
public:
    explicit TimelineView (const std::shared_ptr<Typefaces>& typefaces = Typefaces::shared());
    ~TimelineView() override;

    /** A clip was moved, or is to follow the one before it again. */
    std::function<void (const project::Edit&)> onEdit;

    /** The user goes to the timeline: it gets the keyboard, or is clicked. */
    std::function<void()> onVisit;

    /** To be called some thirty times a second: draws what has changed. */
    void show (const TimelineInput& input);

    /** The user wants to be there, or to hear a line alone. Without them there is no way to. */
    void setOnLocate (std::function<void (double seconds)> locate) { context.locate = std::move (locate); }
    void setOnAudition (std::function<void (project::LineId line)> audition)
    {
        context.audition = std::move (audition);
    }

    /** The user wants this part, in seconds, to be played again and again. */
    void setOnLoop (std::function<void (double from, double to)> loop) { context.setLoop = std::move (loop); }

    /** For lines, scenes and stems that are dragged out or saved. */
    SoundsOut& sounds() { return context.sounds; }

    /** The user wants a line that has failed to be rendered again. */
    void setOnRetry (std::function<void (project::LineId line)> retry) { context.retry = std::move (retry); }

    const TimelineModel& model() const { return context.model; }
    const TimelineLanes& clips() const { return lanes; }
    void setSnap (SnapMode mode);
    void zoomBy (double factor); // around the playhead, or the middle

    void paint (juce::Graphics& g) override;
    void paintOverChildren (juce::Graphics& g) override;
    void resized() override;
    bool keyPressed (const juce::KeyPress& key) override;
    void focusGained (FocusChangeType) override;
    void focusLost (FocusChangeType) override;
    void mouseWheelMove (const juce::MouseEvent& event, const juce::MouseWheelDetails& wheel) override;
    void mouseMagnify (const juce::MouseEvent& event, float factor) override;
    std::unique_ptr<juce::AccessibilityHandler> createAccessibilityHandler() override;

private:
    void scrollBarMoved (juce::ScrollBar* bar, double start) override;
    void timerCallback() override;
    void setUpBar();
    void changed();
    void visited();
    void layOut();
    juce::Rectangle<int> timeArea() const; // ruler and lanes

    bool selectByKey (const juce::KeyPress& key);
    bool zoomByKey (const juce::KeyPress& key);
    bool editByKey (const juce::KeyPress& key);
    bool leaveByKey (const juce::KeyPress& key);
    void focusMoved();
    void selectAll();
    void openMenu();
    void addSounds (juce::PopupMenu& menu, const TimelineClip& clip);
    bool loopSelection();

    TimelineContext context;
    TimelineRuler ruler { context };
    TimelineHeads heads { context };
    TimelineLanes lanes { context };
    TimelinePlayhead playhead { context };
    juce::ScrollBar timeBar { false }, laneBar { true };
    juce::ComboBox snapBox;
    juce::TextButton followButton { "Follow" }, fitButton { "Fit" }, zoomOutButton, zoomInButton;
};
} // namespace tableread::plugin
