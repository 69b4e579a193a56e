// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Takes/DragHandle.h"

#include "Editor/Theme.h"

namespace tableread::plugin
{
DragHandle::DragHandle()
{
    setTitle ("Drag this line out");
    setTooltip ("Drag this line out as audio");
    setMouseCursor (juce::MouseCursor::DraggingHandCursor);
    setRepaintsOnMouseActivity (true);
}

void DragHandle::mouseDrag (const juce::MouseEvent& event)
{
    if (isDragging || ! isEnabled() || ! event.mouseWasDraggedSinceMouseDown())
        return;
    isDragging = true;
    if (onDrag)
        onDrag();
}

void DragHandle::paint (juce::Graphics& g)
{
    constexpr float dot = 3.0f, step = 6.0f;
    g.setColour (Theme::dim.withAlpha (! isEnabled() ? 0.3f : isMouseOver() ? 1.0f : 0.7f));
    const auto centre = getLocalBounds().toFloat().getCentre();
    for (int row = -1; row <= 1; ++row)
        for (int column = 0; column <= 1; ++column)
            g.fillEllipse (juce::Rectangle<float> (dot, dot).withCentre (
                centre.translated (((float) column - 0.5f) * step, (float) row * step)));
}
} // namespace tableread::plugin
