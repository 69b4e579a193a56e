// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Keyboard/DialogFocus.h"

namespace tableread::plugin
{
namespace
{
template <typename Kind>
Kind* findIn (juce::Component& whole)
{
    for (auto* const child : whole.getChildren())
        if (auto* const kind = dynamic_cast<Kind*> (child))
            return kind;
        else if (auto* const inside = findIn<Kind> (*child))
            return inside;
    return nullptr;
}

/** The field for the name, in which Escape closes the dialog as it does elsewhere in it. */
juce::Component* nameIn (juce::FileChooserDialogBox& dialog)
{
    auto* const browser = findIn<juce::FileBrowserComponent> (dialog);
    if (browser == nullptr)
        return nullptr;
    for (auto* const child : browser->getChildren()) // not the one of the path, which is in a list
        if (auto* const name = dynamic_cast<juce::TextEditor*> (child))
        {
            name->onEscapeKey = [&dialog] { dialog.exitModalState (0); };
            return name;
        }
    return nullptr;
}
} // namespace

void DialogFocus::globalFocusChanged (juce::Component* focused)
{
    juce::Component* first = nullptr;
    if (auto* const files = dynamic_cast<juce::FileChooserDialogBox*> (focused))
        first = nameIn (*files);
    else if (auto* const dialog = dynamic_cast<juce::DialogWindow*> (focused);
             dialog != nullptr && dialog->getContentComponent() != nullptr)
        first = dialog->createKeyboardFocusTraverser()->getDefaultComponent (dialog->getContentComponent());
    if (first != nullptr)
        first->grabKeyboardFocus();
}
} // namespace tableread::plugin
