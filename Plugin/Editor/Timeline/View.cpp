// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/View.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "Editor/Timeline/Look.h"

namespace tableread::plugin
{
namespace
{
constexpr double zoomStep = 1.5;

struct SnapChoice
{
    SnapMode mode;
    const char* name;
};

constexpr SnapChoice snapChoices[] = { { SnapMode::Off, "Snap: off" },
                                       { SnapMode::Clips, "Snap: clips" },
                                       { SnapMode::Frames, "Snap: frames" },
                                       { SnapMode::Seconds, "Snap: seconds" },
                                       { SnapMode::Beats, "Snap: beats" } };

int itemOf (SnapMode mode)
{
    return (int) mode + 1; // 0 is none
}
} // namespace

TimelineView::TimelineView (const std::shared_ptr<Typefaces>& typefaces) : context (typefaces)
{
    setTitle ("Timeline");
    setHelpText (
        "Arrows select lines, Alt and an arrow moves them, Delete lets them follow the line before.");
    setWantsKeyboardFocus (true);
    context.model.onEdit = [this] (const project::Edit& edit) {
        if (onEdit)
            onEdit (edit);
    };
    context.changed = [this] { changed(); };
    context.visited = [this] { visited(); };
    context.openMenu = [this] { openMenu(); };
    for (auto* part : std::initializer_list<juce::Component*> { &ruler, &heads, &lanes, &playhead, &timeBar,
                                                                &laneBar, &snapBox, &followButton, &fitButton,
                                                                &zoomOutButton, &zoomInButton })
        addAndMakeVisible (part);
    setUpBar();
}

TimelineView::~TimelineView()
{
    timeBar.removeListener (this);
    laneBar.removeListener (this);
}

void TimelineView::setUpBar()
{
    timeBar.setTitle ("Scroll in time");
    laneBar.setTitle ("Scroll the speakers");
    for (auto* bar : { &timeBar, &laneBar })
    {
        bar->setAutoHide (false);
        bar->addListener (this);
    }
    for (const auto& choice : snapChoices)
        snapBox.addItem (choice.name, itemOf (choice.mode));
    snapBox.setSelectedId (itemOf (context.model.snap), juce::dontSendNotification);
    snapBox.setTitle ("Snap");
    snapBox.setTooltip ("What a dragged line snaps to. Shift leaves it free.");
    snapBox.onChange = [this] { setSnap ((SnapMode) (snapBox.getSelectedId() - 1)); };

    followButton.setClickingTogglesState (true);
    followButton.setTooltip ("Turn the page when the playhead leaves it");
    followButton.onClick = [this] { context.model.setFollows (followButton.getToggleState()); };
    followButton.setColour (juce::TextButton::buttonOnColourId, Theme::line);
    followButton.setColour (juce::TextButton::textColourOnId, Theme::accent);
    followButton.setColour (juce::TextButton::buttonColourId, Theme::panel);
    followButton.setColour (juce::TextButton::textColourOffId, Theme::dim);
    zoomOutButton.setButtonText (juce::String::fromUTF8 ("\u2212"));
    zoomInButton.setButtonText ("+");
    for (const auto& [button, title, factor] : { std::tuple { &zoomOutButton, "Zoom out", 1.0 / zoomStep },
                                                 std::tuple { &zoomInButton, "Zoom in", zoomStep } })
    {
        button->setTitle (title);
        button->setTooltip (title);
        button->onClick = [this, by = factor] { zoomBy (by); };
    }
    fitButton.setTooltip ("Show everything");
    fitButton.onClick = [this] {
        context.model.fitAll();
        changed();
    };
}

void TimelineView::setSnap (SnapMode mode)
{
    context.model.snap = mode;
    snapBox.setSelectedId (itemOf (mode), juce::dontSendNotification);
}

void TimelineView::show (const TimelineInput& input)
{
    const auto rowsBefore = ruler.rows();
    const auto news = context.model.show (input);
    if (rowsBefore != ruler.rows())
        resized();
    else if (news.isOther)
        changed();
    else
        for (const auto index : news.grown)
            lanes.repaintClip (context.model.clips().all()[index]);
    playhead.place (timeArea());
    followButton.setToggleState (context.model.follows(), juce::dontSendNotification);
}

/** The lanes or what is seen of them. */
void TimelineView::changed()
{
    layOut();
    lanes.update();
    ruler.repaint();
    heads.repaint();
    playhead.place (timeArea());
}

void TimelineView::layOut()
{
    const auto& scale = context.model.scale();
    auto& rows = context.rows;
    rows.setSize (lanes.getHeight(), context.model.clips().lanes().size());
    timeBar.setRangeLimits (scale.rangeStart(), scale.rangeEnd(), juce::dontSendNotification);
    timeBar.setCurrentRange (scale.start(), scale.visible(), juce::dontSendNotification);
    laneBar.setRangeLimits (0.0, std::max (rows.size(), rows.whole()), juce::dontSendNotification);
    laneBar.setCurrentRange (rows.top(), rows.size(), juce::dontSendNotification);
    laneBar.setVisible (rows.whole() > rows.size());
}

void TimelineView::resized()
{
    constexpr int gap = 6, buttonWidth = 26;
    auto area = getLocalBounds().reduced (1);
    const auto headWidth = std::clamp (getWidth() / 8, timeline::leastHead, timeline::mostHead);
    auto bar = area.removeFromBottom (timeline::barHeight).reduced (4, 3);
    snapBox.setBounds (bar.removeFromLeft (timeline::mostHead + 6));
    fitButton.setBounds (bar.removeFromRight (44));
    bar.removeFromRight (gap);
    zoomInButton.setBounds (bar.removeFromRight (buttonWidth));
    bar.removeFromRight (2);
    zoomOutButton.setBounds (bar.removeFromRight (buttonWidth));
    bar.removeFromRight (gap);
    followButton.setBounds (bar.removeFromRight (62));
    timeBar.setBounds (
        bar.reduced (gap, 0).withSizeKeepingCentre (bar.getWidth() - 2 * gap, timeline::scrollBar));

    auto top = area.removeFromTop (timeline::rulerRow * ruler.rows());
    top.removeFromLeft (headWidth);
    top.removeFromRight (timeline::scrollBar);
    ruler.setBounds (top);
    heads.setBounds (area.removeFromLeft (headWidth));
    laneBar.setBounds (area.removeFromRight (timeline::scrollBar));
    lanes.setBounds (area);
    context.model.setWidth (lanes.getWidth());
    changed();
    repaint();
}

juce::Rectangle<int> TimelineView::timeArea() const
{
    return ruler.getBounds().withBottom (lanes.getBottom());
}

void TimelineView::paint (juce::Graphics& g)
{
    g.fillAll (Theme::panel);
}

void TimelineView::paintOverChildren (juce::Graphics& g)
{
    const bool isFocused = hasKeyboardFocus (false);
    g.setColour (isFocused ? Theme::accent : Theme::line);
    g.drawRect (getLocalBounds(), isFocused ? 2 : 1);
}

void TimelineView::visited()
{
    if (onVisit)
        onVisit();
}

void TimelineView::focusGained (FocusChangeType)
{
    visited();
    repaint();
}

void TimelineView::focusLost (FocusChangeType)
{
    timerCallback();
    repaint();
}

void TimelineView::timerCallback()
{
    stopTimer();
    context.model.endDrag();
}

void TimelineView::scrollBarMoved (juce::ScrollBar* bar, double start)
{
    if (bar == &timeBar)
        context.model.scrollTo (start);
    else
        context.rows.scrollTo (start);
    changed();
}

void TimelineView::mouseWheelMove (const juce::MouseEvent& event, const juce::MouseWheelDetails& wheel)
{
    constexpr double zoomSpeed = 3.0, scrollSpeed = 0.6; // a turn of the wheel is about 0.25
    auto& model = context.model;
    if (event.mods.isCommandDown() || event.mods.isCtrlDown())
        model.zoom (std::exp2 (zoomSpeed * wheel.deltaY), event.getEventRelativeTo (&lanes).position.x);
    else
    {
        const bool isAcross = event.mods.isShiftDown() || ! laneBar.isVisible();
        const auto across = (double) wheel.deltaX + (isAcross ? (double) wheel.deltaY : 0.0);
        if (across != 0.0)
            model.scrollPages (-scrollSpeed * across);
        if (! isAcross)
            context.rows.scrollTo (context.rows.top() - 2.0 * context.rows.height() * wheel.deltaY);
    }
    changed();
}

void TimelineView::mouseMagnify (const juce::MouseEvent& event, float factor)
{
    context.model.zoom (factor, event.getEventRelativeTo (&lanes).position.x);
    changed();
}

void TimelineView::zoomBy (double factor)
{
    const auto& scale = context.model.scale();
    const auto x = scale.toX (context.model.playhead());
    context.model.zoom (factor, x >= 0.0 && x <= scale.width() ? x : scale.width() * 0.5);
    changed();
}

std::unique_ptr<juce::AccessibilityHandler> TimelineView::createAccessibilityHandler()
{
    return std::make_unique<juce::AccessibilityHandler> (*this, juce::AccessibilityRole::group);
}
} // namespace tableread::plugin
