// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/Commands.h"

#include <algorithm>
#include <utility>

namespace tableread::plugin
{
Commands::Commands (std::vector<Entry> known) : entries (std::move (known))
{
    manager.setFirstCommandTarget (this);
    manager.registerAllCommandsForTarget (this);
}

void Commands::addTo (juce::PopupMenu& menu, Command command)
{
    menu.addCommandItem (&manager, (int) command, entryOf ((int) command).name());
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
