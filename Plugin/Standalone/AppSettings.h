// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include <juce_data_structures/juce_data_structures.h>

namespace tableread::plugin
{
/** What the app keeps of its window and its audio device: app.settings in tableread's folder of XDG_CONFIG_HOME or ~/.config.
    Older versions had ~/.config/TableRead.settings, which is read once and left as it is. */
struct AppSettings
{
    static AppSettings open();

    std::unique_ptr<juce::PropertiesFile> file;
    std::string formerSession; // what an older version had not saved; empty: nothing
};
} // namespace tableread::plugin
