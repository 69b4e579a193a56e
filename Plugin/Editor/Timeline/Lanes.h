// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "Editor/Timeline/Context.h"

namespace tableread::plugin
{
class TimelineClipHandle;

/** The clips, a lane for each speaker. Only what is on the screen is drawn. */
class TimelineLanes : public juce::Component, public juce::SettableTooltipClient
{
public:
    explicit TimelineLanes (TimelineContext& shown);
    ~TimelineLanes() override;

    /** Everything may have changed. */
    void update();

    void repaintClip (const TimelineClip& clip);

    /** Where a clip is drawn; it may be wider than the lanes. */
    juce::Rectangle<float> areaOf (const TimelineClip& clip) const;

    /** What screen readers find: the clips on the screen. */
    const std::vector<std::unique_ptr<TimelineClipHandle>>& handles() const { return clipHandles; }

    void paint (juce::Graphics& g) override;
    void resized() override;
    void mouseMove (const juce::MouseEvent& event) override { hover (event.getPosition()); }
    void mouseExit (const juce::MouseEvent&) override { hover ({ -1, -1 }); }
    void mouseDown (const juce::MouseEvent& event) override;
    void mouseDrag (const juce::MouseEvent& event) override;
    void mouseUp (const juce::MouseEvent& event) override;
    void mouseDoubleClick (const juce::MouseEvent& event) override;
    juce::String getTooltip() override;
    std::unique_ptr<juce::AccessibilityHandler> createAccessibilityHandler() override;

private:
    /** What a press of the mouse began with. */
    struct Press
    {
        project::LineId line; // 0: beside all clips
        double grabbed = 0.0; // seconds from the clip's start
        juce::Point<int> place;
        bool selectsAlone = false; // unless it becomes a drag
    };

    const TimelineClip* clipAt (juce::Point<int> place) const;
    bool isOnPlayButton (const TimelineClip& clip, juce::Point<int> place) const;
    void hover (juce::Point<int> place);
    void press (const TimelineClip& clip, const juce::MouseEvent& event);
    void scrollTowards (juce::Point<int> place);
    void paintBackground (juce::Graphics& g, juce::Rectangle<int> clip);
    void paintEmpty (juce::Graphics& g);
    void placeHandles();

    TimelineContext& context;
    std::optional<Press> pressed;
    std::optional<juce::Rectangle<int>> frame; // that selects what it touches
    project::LineId hovered;
    bool isOverButton = false;
    std::vector<std::unique_ptr<TimelineClipHandle>> clipHandles;
};
} // namespace tableread::plugin
