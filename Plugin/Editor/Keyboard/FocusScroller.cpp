// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Keyboard/FocusScroller.h"

namespace tableread::plugin
{
FocusScroller::FocusScroller (juce::Component& content, const juce::String& name)
{
    setViewedComponent (&content, false);
    setScrollBarsShown (true, false);
    setWantsKeyboardFocus (false); // nothing would be seen of it
    getVerticalScrollBar().setTitle (name);
    juce::Desktop::getInstance().addFocusChangeListener (this);
}

FocusScroller::~FocusScroller()
{
    juce::Desktop::getInstance().removeFocusChangeListener (this);
}

void FocusScroller::reveal (const juce::Component& part)
{
    constexpr int around = 8;
    const auto wanted =
        getViewedComponent()->getLocalArea (&part, part.getLocalBounds()).expanded (0, around);
    const auto seen = getViewArea();
    if (wanted.getY() < seen.getY())
        setViewPosition (0, wanted.getY());
    else if (wanted.getBottom() > seen.getBottom())
        setViewPosition (0, std::min (wanted.getY(), wanted.getBottom() - seen.getHeight()));
}

void FocusScroller::globalFocusChanged (juce::Component* focused)
{
    if (focused != nullptr && getViewedComponent()->isParentOf (focused))
        reveal (*focused);
}
} // namespace tableread::plugin
