// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <typeinfo>
#include <vector>

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::test
{
/** What a screen reader says of a component. */
inline juce::String nameOf (juce::Component& part)
{
    if (part.getTitle().trim().isNotEmpty())
        return part.getTitle();
    if (auto* const button = dynamic_cast<juce::Button*> (&part))
        return button->getButtonText().trim();
    return {};
}

/** What a user can act on, by a click or with the keyboard. */
inline bool isControl (juce::Component& part)
{
    const auto is = [&]<typename... Kinds>() { return (... || (dynamic_cast<Kinds*> (&part) != nullptr)); };
    bool takesClicks = false, childrenDo = false;
    part.getInterceptsMouseClicks (takesClicks, childrenDo);
    const bool isPassive = is.template operator()<juce::Label, juce::ProgressBar, juce::TooltipWindow>();
    return part.getWantsKeyboardFocus() ||
           is.template operator()<juce::Button, juce::ComboBox, juce::Slider, juce::TextEditor, juce::ListBox,
                                  juce::ScrollBar>() ||
           (takesClicks && part.getNumChildComponents() == 0 && part.isAccessible() && ! isPassive);
}

/** The visible controls in a component that have no name for a screen reader, by their types. What JUCE's own are made of
    counts as them. */
inline void findNameless (juce::Component& in, std::vector<std::string>& found)
{
    for (auto* const part : in.getChildren())
    {
        if (! part->isVisible())
            continue;
        if (isControl (*part) && nameOf (*part).isEmpty())
            found.push_back (std::string (typeid (*part).name()) + " in \"" + in.getTitle().toStdString() +
                             '"');
        if (! part->isAccessible() && part->getWantsKeyboardFocus())
            found.push_back (std::string (typeid (*part).name()) + ", which no screen reader finds");
        if (auto* const list = dynamic_cast<juce::ListBox*> (part);
            list != nullptr && list->getVerticalScrollBar().getTitle().isEmpty())
            found.push_back ("a list's scroll bar");
        const bool isWhole = dynamic_cast<juce::TextEditor*> (part) != nullptr ||
                             dynamic_cast<juce::ComboBox*> (part) != nullptr ||
                             dynamic_cast<juce::Slider*> (part) != nullptr ||
                             dynamic_cast<juce::ListBox*> (part) != nullptr ||
                             dynamic_cast<juce::ScrollBar*> (part) != nullptr;
        if (! isWhole)
            findNameless (*part, found);
    }
}

inline std::string namelessIn (juce::Component& whole)
{
    std::vector<std::string> found;
    findNameless (whole, found);
    std::string all;
    for (const auto& each : found)
        all += each + '\n';
    return all;
}
} // namespace tableread::test
