// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Look/Theme.h"
#include "Standalone/Commands.h"
#include "Standalone/Files/RecentFiles.h"

namespace tableread::plugin
{
/** How the menus' names are drawn: flat, in the theme's font. */
class MenuLook : public Theme
{
public:
    void drawMenuBarBackground (juce::Graphics&, int, int, bool, juce::MenuBarComponent&) override {}
    juce::Font getMenuBarFont (juce::MenuBarComponent&, int, const juce::String&) override
    {
        return font (15.0f);
    }
};

/** The app's menus. */
class MenuBar : public juce::MenuBarModel
{
public:
    struct Sources
    {
        RecentFiles recent;
        std::function<void (const std::filesystem::path&)> open;
        std::function<double()> scale;
        std::function<void (double)> setScale;
    };

    MenuBar (Commands& known, Sources other);

    juce::StringArray getMenuBarNames() override;
    juce::PopupMenu getMenuForIndex (int index, const juce::String& name) override;
    void menuItemSelected (int, int) override {}

private:
    juce::PopupMenu fileMenu();
    juce::PopupMenu recentMenu() const;
    juce::PopupMenu scaleMenu() const;

    Commands& commands;
    const Sources sources;
};
} // namespace tableread::plugin
