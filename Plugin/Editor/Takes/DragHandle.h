// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::plugin
{
/** What a line is taken by, to drag it out of the window. */
class DragHandle : public juce::Component, public juce::SettableTooltipClient
{
public:
    DragHandle();

    std::function<void()> onDrag; // once for each drag, as soon as it is one

    void paint (juce::Graphics& g) override;
    void mouseDown (const juce::MouseEvent&) override { isDragging = false; }
    void mouseDrag (const juce::MouseEvent& event) override;

private:
    bool isDragging = false;
};
} // namespace tableread::plugin
