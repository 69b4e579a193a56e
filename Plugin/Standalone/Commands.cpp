// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/Commands.h"

#include <algorithm>
#include <utility>

namespace tableread::plugin
{
namespace
{
/** As it is written on keyboards: "Ctrl+Shift+Z", "Space". */
juce::String nameOf (const juce::KeyPress& key)
{
    using Key = juce::KeyPress;
    juce::StringArray names;
    const auto held = key.getModifiers();
    if (held.isCommandDown())
        names.add ("Ctrl");
    if (held.isAltDown())
        names.add ("Alt");
    if (held.isShiftDown())
        names.add ("Shift");
    const auto code = key.getKeyCode();
    names.add (code == Key::spaceKey  ? juce::String ("Space")
               : code == Key::homeKey ? juce::String ("Home")
                                      : Key (code).getTextDescription().toUpperCase());
    return names.joinIntoString ("+");
}
} // namespace

Commands::Commands (std::vector<Entry> known) : entries (std::move (known))
{
    manager.setFirstCommandTarget (this);
    manager.registerAllCommandsForTarget (this);
}

void Commands::addTo (juce::PopupMenu& menu, Command command)
{
    const auto& entry = entryOf ((int) command);
    juce::StringArray keys;
    for (const auto& key : entry.keys)
        keys.add (nameOf (key));
    juce::PopupMenu::Item item (entry.name());
    item.itemID = (int) command;
    item.commandManager = &manager;
    item.isEnabled = entry.isPossible();
    item.isTicked = entry.isTicked();
    item.shortcutKeyDescription = keys.joinIntoString (", "); // JUCE would write "ctrl + Z", "shortcut: 'L'"
    menu.addItem (std::move (item));
}

void Commands::getAllCommands (juce::Array<juce::CommandID>& commands)
{
    for (const auto& entry : entries)
        commands.add ((int) entry.command);
}

void Commands::getCommandInfo (juce::CommandID command, juce::ApplicationCommandInfo& info)
{
    const auto& entry = entryOf (command);
    info.setInfo (entry.name(), entry.name(), "TableRead", 0);
    info.setActive (entry.isPossible());
    info.setTicked (entry.isTicked());
    for (const auto& key : entry.keys)
        info.defaultKeypresses.add (key);
}

bool Commands::perform (const InvocationInfo& info)
{
    entryOf (info.commandID).perform();
    return true;
}

const Commands::Entry& Commands::entryOf (juce::CommandID command) const
{
    return *std::ranges::find (entries, (Command) command, &Entry::command);
}
} // namespace tableread::plugin
