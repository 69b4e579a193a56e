// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::plugin
{
/** Takes the keyboard from a text field when another part of the window is clicked: JUCE leaves it there if that part does
    not want it, and in some hosts' windows also if it does, so that what is typed next would land in the field. */
class LeaveOnClick : public juce::MouseListener, private juce::ComponentListener
{
public:
    /** The field may end before this does. */
    explicit LeaveOnClick (juce::Component& field);
    ~LeaveOnClick() override;

    /** True shortly after a click elsewhere: when the keyboard comes back to the field, nobody asked for it. */
    bool wasJustLeft() const;

    void mouseDown (const juce::MouseEvent& event) override;

private:
    void componentParentHierarchyChanged (juce::Component&) override
    {
        watch (field->getTopLevelComponent());
    }
    void watch (juce::Component* window);

    juce::Component::SafePointer<juce::Component> field, watched;
    juce::Time left; // when it was
};
} // namespace tableread::plugin
