// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <lv2/core/lv2.h>

namespace tableread::test
{
/** The built LV2 in a host that is not built on JUCE: LV2's own calls, as jalv and Ardour make them. JUCE's host does not know a
    parameter that can only be read. The transport stands. Throws with the reason if the plugin does not load. */
class PlainLv2
{
public:
    /** By their names behind the plugin's URI. */
    using Properties = std::map<std::string, float>;

    /** @param bundle  the built folder, TableRead.lv2 */
    explicit PlainLv2 (const std::filesystem::path& bundle);
    ~PlainLv2();

    /** The session's state, as it goes to the plugin and comes from it. */
    void load (const std::string& state);
    std::string save();

    /** Plays a block. @param sets  what the host sets. @returns what the plugin says of itself. */
    Properties run (const Properties& sets = {});

    // For its editor.
    void* library() const;
    const LV2_Descriptor& type() const;
    LV2_Handle handle() const;
    std::vector<const LV2_Feature*> features() const;

private:
    struct Loaded;
    std::unique_ptr<Loaded> loaded;
};

/** A function of an LV2's library, or throws. */
void* functionIn (void* library, const char* name);
} // namespace tableread::test
