// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Standalone/Files/DialogQueue.h"

namespace tableread::plugin
{
/** Dialogs above the app's window. */
class WindowDialogs : public DialogQueue
{
private:
    void showQuestion (const Question& question, std::function<void (Answer)> over) override;
    void showText (const std::string& title, const std::string& text, std::function<void()> over) override;
    void showToOpen (const std::filesystem::path& folder, Chosen over) override;
    void showToSave (const std::filesystem::path& suggestion, Chosen over) override;
    void choose (int flags, Chosen over);

    std::unique_ptr<juce::FileChooser> chooser;
    const std::shared_ptr<bool> isOpen =
        std::make_shared<bool> (true); // answers that come later are for nobody
};
} // namespace tableread::plugin
