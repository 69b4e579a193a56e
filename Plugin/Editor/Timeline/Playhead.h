// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Editor/Timeline/Context.h"

namespace tableread::plugin
{
/** The playhead, over ruler and lanes: when it moves, only the strips that it leaves and enters are drawn again. */
class TimelinePlayhead : public juce::Component
{
public:
    explicit TimelinePlayhead (TimelineContext& shown) : context (shown)
    {
        setInterceptsMouseClicks (false, false);
        setAccessible (false);
    }

    /** @param area of ruler and lanes, in the parent. */
    void place (juce::Rectangle<int> area);

    void paint (juce::Graphics& g) override;

private:
    static constexpr int halfWidth = 6;

    TimelineContext& context;
};
} // namespace tableread::plugin
