// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <vector>

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::plugin
{
enum class Command : int
{
    New = 0x1001, // JUCE's own are below
    Open,
    Save,
    SaveAs,
    AudioSettings,
    Quit,
    Undo,
    Redo,
    PlayOrStop,
    ReturnToStart,
    Loop,
    OpenMenus // by the keyboard: the arrows go on from the first
};

/** What the app can be told to do: by its menus and by keys that nothing with the keyboard takes, so not while somebody
    types. */
class Commands : public juce::ApplicationCommandTarget
{
public:
    struct Entry
    {
        Command command;
        std::function<juce::String()> name;
        std::vector<juce::KeyPress> keys;
        std::function<void()> perform;
        std::function<bool()> isPossible = [] { return true; };
        std::function<bool()> isTicked = [] { return false; };
    };

    explicit Commands (std::vector<Entry> known);

    /** For a menu: with the name and the key of now. */
    void addTo (juce::PopupMenu& menu, Command command);

    /** Names, or what is possible, may have changed. */
    void update() { manager.commandStatusChanged(); }

    juce::KeyListener& keys() { return *manager.getKeyMappings(); }

    ApplicationCommandTarget* getNextCommandTarget() override { return nullptr; }
    void getAllCommands (juce::Array<juce::CommandID>& commands) override;
    void getCommandInfo (juce::CommandID command, juce::ApplicationCommandInfo& info) override;
    bool perform (const InvocationInfo& info) override;

private:
    const Entry& entryOf (juce::CommandID command) const;

    const std::vector<Entry> entries;
    juce::ApplicationCommandManager manager;
};
} // namespace tableread::plugin
