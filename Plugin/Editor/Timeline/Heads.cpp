// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Heads.h"

#include "Editor/Text/Drawing.h"
#include "Editor/Timeline/Look.h"

namespace tableread::plugin
{
TimelineHeads::TimelineHeads (TimelineContext& shown) : context (shown)
{
    setOpaque (true);
    setInterceptsMouseClicks (false, false);
    setAccessible (false); // each clip's name has its speaker
}

void TimelineHeads::paint (juce::Graphics& g)
{
    g.fillAll (Theme::panel);
    const auto& rows = context.rows;
    const auto& lanes = context.model.clips().lanes();
    for (std::size_t lane = 0; lane < lanes.size(); ++lane)
    {
        auto area =
            juce::Rectangle<float> (0.0f, (float) rows.yOf (lane), (float) getWidth(), (float) rows.height());
        if (! area.intersects (g.getClipBounds().toFloat()))
            continue;
        g.setColour (Theme::line.withAlpha (0.6f));
        g.fillRect (area.removeFromBottom (1.0f));
        g.setColour (Theme::speaker (lanes[lane].colour));
        g.fillRect (area.reduced (0.0f, timeline::laneGap).removeFromLeft (3.0f));
        g.setColour (lanes[lane].isSilent ? Theme::dim : Theme::text);
        drawWords (g, *context.faces, lanes[lane].speaker,
                   { area.withTrimmedLeft (12.0f).withTrimmedRight (6.0f), timeline::headFont });
    }
    g.setColour (Theme::line);
    g.fillRect (getLocalBounds().removeFromRight (1));
}
} // namespace tableread::plugin
