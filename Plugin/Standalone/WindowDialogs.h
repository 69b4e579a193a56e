// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Standalone/Files/Dialogs.h"

namespace tableread::plugin
{
/** Dialogs above the app's window. */
class WindowDialogs : public Dialogs
{
public:
    void ask (const Question& question, std::function<void (Answer)> answered) override;
    void tell (const std::string& title, const std::string& text) override;
    void chooseToOpen (const std::filesystem::path& folder, Chosen chosen) override;
    void chooseToSave (const std::filesystem::path& suggestion, Chosen chosen) override;

private:
    void choose (int flags, Chosen chosen);

    std::unique_ptr<juce::FileChooser> chooser;
    const std::shared_ptr<bool> isOpen =
        std::make_shared<bool> (true); // answers that come later are for nobody
};
} // namespace tableread::plugin
