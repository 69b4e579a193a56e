// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/DragHandle.h"

#include <utility>

#include "Editor/Look/Theme.h"

namespace tableread::plugin
{
DragHandle::DragHandle (SoundsOut& out) : Button (juce::String()), sounds (out)
{
    setMouseCursor (juce::MouseCursor::DraggingHandCursor);
    onClick = [this] { openMenu(); };
}

void DragHandle::show (playback::Dragged dragged, const juce::String& words)
{
    what = std::move (dragged);
    setTitle ("Drag " + words + " out");
    setTooltip ("Drag " + words + " out as audio. A click saves it as a file.");
}

void DragHandle::mouseDown (const juce::MouseEvent& event)
{
    isDragging = false;
    Button::mouseDown (event);
}

void DragHandle::mouseDrag (const juce::MouseEvent& event)
{
    if (isDragging || ! isEnabled() || ! event.mouseWasDraggedSinceMouseDown())
        return;
    isDragging = true;
    if (sounds.drag)
        sounds.drag (what, *this);
}

void DragHandle::mouseUp (const juce::MouseEvent& event)
{
    Button::mouseUp (event); // which clicks
    isDragging = false;
}

void DragHandle::openMenu()
{
    if (isDragging || ! sounds.toFile)
        return;
    juce::PopupMenu menu;
    menu.addItem (juce::String::fromUTF8 ("Save as an audio file\u2026"),
                  [self = SafePointer<DragHandle> (this)] {
                      if (self != nullptr && self->sounds.toFile)
                          self->sounds.toFile (self->what);
                  });
    menu.showMenuAsync (juce::PopupMenu::Options().withTargetComponent (this));
}

void DragHandle::paintButton (juce::Graphics& g, bool isOver, bool)
{
    constexpr float dot = 3.0f, step = 6.0f;
    g.setColour (Theme::dim.withAlpha (! isEnabled() ? 0.3f : isOver ? 1.0f : 0.7f));
    const auto centre = getLocalBounds().toFloat().getCentre();
    for (int row = -1; row <= 1; ++row)
        for (int column = 0; column <= 1; ++column)
            g.fillEllipse (juce::Rectangle<float> (dot, dot).withCentre (
                centre.translated (((float) column - 0.5f) * step, (float) row * step)));
}
} // namespace tableread::plugin
