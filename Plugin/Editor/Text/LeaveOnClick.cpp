// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Text/LeaveOnClick.h"

namespace tableread::plugin
{
LeaveOnClick::LeaveOnClick (juce::Component& textField) : field (&textField)
{
    textField.addComponentListener (this);
    watch (textField.getTopLevelComponent());
}

LeaveOnClick::~LeaveOnClick()
{
    watch (nullptr);
    if (field != nullptr)
        field->removeComponentListener (this);
}

void LeaveOnClick::watch (juce::Component* window)
{
    if (window == watched.getComponent())
        return;
    if (watched != nullptr)
        watched->removeMouseListener (this);
    watched = window;
    if (watched != nullptr)
        watched->addMouseListener (this, true);
}

bool LeaveOnClick::wasJustLeft() const
{
    return juce::Time::getCurrentTime() - left < juce::RelativeTime::seconds (1.0);
}

void LeaveOnClick::mouseDown (const juce::MouseEvent& event)
{
    auto* clicked = event.originalComponent;
    if (field == nullptr)
        return;
    if (clicked == field || field->isParentOf (clicked))
    {
        left = {};
        return;
    }
    left = juce::Time::getCurrentTime();
    if (field->hasKeyboardFocus (true))
        field->giveAwayKeyboardFocus(); // which may be the end of it
    while (clicked != nullptr && ! clicked->getWantsKeyboardFocus())
        clicked = clicked->getParentComponent();
    if (clicked == nullptr || (field != nullptr && clicked->isParentOf (field)))
        return;
    // Later: the window may only now be getting the keyboard from the host.
    juce::MessageManager::callAsync ([wants = juce::Component::SafePointer<juce::Component> (clicked)] {
        if (wants != nullptr && ! wants->hasKeyboardFocus (true))
            wants->grabKeyboardFocus();
    });
}
} // namespace tableread::plugin
