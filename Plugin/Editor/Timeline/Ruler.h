// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "Editor/Timeline/Context.h"
#include "Editor/Timeline/Model/Ticks.h"

namespace tableread::plugin
{
/** Scenes, if the script has some, seconds, and the host's bars. A click or drag locates; a scene can be dragged out; where the
    loop is ours, its ends are dragged, and a drag with Shift makes another one. */
class TimelineRuler : public juce::Component, public juce::TooltipClient
{
public:
    explicit TimelineRuler (TimelineContext& shown);

    /** How many rows there are to be shown. */
    int rows() const;

    void paint (juce::Graphics& g) override;
    void mouseDown (const juce::MouseEvent& event) override;
    void mouseDrag (const juce::MouseEvent& event) override;
    void mouseUp (const juce::MouseEvent& event) override;
    juce::MouseCursor getMouseCursor() override;
    juce::String getTooltip() override;

private:
    bool hasScenes() const { return ! context.model.clips().scenes().empty(); }
    const SceneSpan* sceneAt (juce::Point<int> place) const; // null: none
    std::optional<double> otherLoopEnd (juce::Point<int> place) const;
    double secondsAt (const juce::MouseEvent& event) const;
    void openMenu (const SceneSpan& scene);
    void paintScenes (juce::Graphics& g, juce::Rectangle<int> row);
    void paintLoop (juce::Graphics& g, juce::Rectangle<int> row);
    void paintTicks (juce::Graphics& g, const std::vector<Tick>& ticks, juce::Rectangle<int> row);
    void paintDrag (juce::Graphics& g, juce::Rectangle<int> row);

    TimelineContext& context;
    std::optional<SceneSpan> pressed; // by the mouse
    std::optional<double> loopEnd;    // that stays while the other one is dragged
    bool isDragging = false;          // the scene
};
} // namespace tableread::plugin
