// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Editor/Timeline/Context.h"
#include "Editor/Timeline/Model/Ticks.h"

namespace tableread::plugin
{
/** Seconds, and the host's bars below them. A click or drag locates. */
class TimelineRuler : public juce::Component
{
public:
    explicit TimelineRuler (TimelineContext& shown);

    void paint (juce::Graphics& g) override;
    void mouseDown (const juce::MouseEvent& event) override;
    void mouseDrag (const juce::MouseEvent& event) override { mouseDown (event); }

private:
    void paintTicks (juce::Graphics& g, const std::vector<Tick>& ticks, juce::Rectangle<int> row);
    void paintDrag (juce::Graphics& g);

    TimelineContext& context;
};
} // namespace tableread::plugin
