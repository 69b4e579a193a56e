// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Ruler.h"

#include <algorithm>
#include <cmath>

#include "Editor/Text/Drawing.h"
#include "Editor/Timeline/Look.h"

namespace tableread::plugin
{
TimelineRuler::TimelineRuler (TimelineContext& shown) : context (shown)
{
    setOpaque (true);
    setTitle ("Time");
}

void TimelineRuler::paint (juce::Graphics& g)
{
    g.fillAll (Theme::panel);
    auto area = getLocalBounds();
    const auto& scale = context.model.scale();
    paintTicks (g, ticksOfSeconds (scale), area.removeFromTop (timeline::rulerRow));
    if (context.model.hasBars())
        paintTicks (g, ticksOfBars (scale, context.model.music()), area.removeFromTop (timeline::rulerRow));
    g.setColour (Theme::line);
    g.fillRect (getLocalBounds().removeFromBottom (1));
    paintDrag (g);
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
void TimelineRuler::paintDrag (juce::Graphics& g)
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
        juce::Rectangle<float> (std::clamp (x, 0.0f, std::max (0.0f, (float) getWidth() - width)), 2.0f,
                                width, (float) timeline::rulerRow - 4.0f);
    g.setColour (Theme::accent);
    g.fillRoundedRectangle (tag, 3.0f);
    g.fillRect (x, 2.0f, 1.0f, (float) getHeight() - 2.0f);
    g.setColour (Theme::background);
    drawWords (g, *context.faces, words, { tag, timeline::smallFont, juce::Justification::centred });
}

void TimelineRuler::mouseDown (const juce::MouseEvent& event)
{
    if (context.locate)
        context.locate (std::max (0.0, context.model.scale().toSeconds (event.position.x)));
}
} // namespace tableread::plugin
