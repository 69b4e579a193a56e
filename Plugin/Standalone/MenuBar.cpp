// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/MenuBar.h"

#include <array>
#include <cmath>
#include <utility>

#include "Standalone/Words.h"

namespace tableread::plugin
{
MenuBar::MenuBar (Commands& known, Sources other) : commands (known), sources (std::move (other))
{}

juce::StringArray MenuBar::getMenuBarNames()
{
    return { "File", "Edit", "Transport", "View" };
}

juce::PopupMenu MenuBar::getMenuForIndex (int index, const juce::String&)
{
    juce::PopupMenu menu;
    switch (index)
    {
        case 0:
            return fileMenu();
        case 1:
            commands.addTo (menu, Command::Undo);
            commands.addTo (menu, Command::Redo);
            return menu;
        case 2:
            commands.addTo (menu, Command::PlayOrStop);
            commands.addTo (menu, Command::ReturnToStart);
            commands.addTo (menu, Command::Loop);
            return menu;
        default:
            menu.addSubMenu ("Size", scaleMenu());
            return menu;
    }
}

juce::PopupMenu MenuBar::fileMenu()
{
    juce::PopupMenu menu;
    commands.addTo (menu, Command::New);
    commands.addTo (menu, Command::Open);
    menu.addSubMenu ("Open Recent", recentMenu());
    menu.addSeparator();
    commands.addTo (menu, Command::Save);
    commands.addTo (menu, Command::SaveAs);
    menu.addSeparator();
    commands.addTo (menu, Command::AudioSettings);
    menu.addSeparator();
    commands.addTo (menu, Command::Quit);
    return menu;
}

juce::PopupMenu MenuBar::recentMenu() const
{
    juce::PopupMenu menu;
    for (const auto& [file, exists] : sources.recent.list())
        menu.addItem (words (file.string()), exists, false,
                      [open = sources.open, file = file] { open (file); });
    if (menu.getNumItems() == 0)
        menu.addItem ("No project yet", false, false, [] {});
    else
    {
        menu.addSeparator();
        menu.addItem ("Clear This List", [recent = sources.recent] { recent.clear(); });
    }
    return menu;
}

juce::PopupMenu MenuBar::scaleMenu() const
{
    constexpr std::array percents { 100, 125, 150, 175, 200 };
    juce::PopupMenu menu;
    const auto now = (int) std::lround (sources.scale() * 100.0);
    for (const auto percent : percents)
        menu.addItem (juce::String (percent) + " %", true, percent == now,
                      [set = sources.setScale, percent] { set (percent / 100.0); });
    return menu;
}
} // namespace tableread::plugin
