// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include <juce_events/juce_events.h>

#include "Plugin/PlainLv2.h"

namespace tableread::test
{
/** The built LV2 with its editor in a window of a host that is not built on JUCE. (JUCE's LV2 host puts an editor that is JUCE's
    into two of its boxes, one in the other, which take the keyboard from each other at the first click.) It plays nothing. Throws
    with the reason if the plugin does not load. */
class ForeignLv2 : private juce::Timer
{
public:
    /** @param bundle  the built folder, TableRead.lv2
        @param parent  the window */
    ForeignLv2 (const std::filesystem::path& bundle, std::uintptr_t parent, const std::string& state);
    ~ForeignLv2() override;

    /** The session's state that the plugin gives to its host. */
    std::string save() { return plugin.save(); }

    int width() const;

private:
    void timerCallback() override; // the editor's turn, which its host gives it

    PlainLv2 plugin;
    struct Editor;
    std::unique_ptr<Editor> editor;
};
} // namespace tableread::test
