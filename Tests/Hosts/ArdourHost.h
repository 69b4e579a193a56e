// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "HostScene.h"
#include "Support/Program.h"
#include "Support/RunningProgram.h"
#include "VirtualDisplay.h"

namespace tableread::test
{
/** A session of Ardour 7.3's in a stage's folder, which holds the plugin in one format, and Ardour's programs. Each fails the
    test if it fails. */
class ArdourHost
{
public:
    static constexpr int rate = 48'000;

    ArdourHost (const HostScene& where, std::string pluginFormat);

    /** Makes the session, with the plugin on an audio "track", a "bus", or a "midi" track. */
    void make (const std::string& place) const;

    /** Writes the plugin's state into the session, and its range, which a script cannot set. */
    void setState (const std::string& state, std::size_t samples) const;

    /** Opens the session, plays its start in real time, and saves it. */
    void play() const;

    /** Ardour itself with the session, and with the plugin's window at the top left. */
    std::unique_ptr<RunningProgram> open (const VirtualDisplay& display) const;

    /** The plugin's project in the session that was saved last. */
    project::Document saved() const;

    /** What Ardour exports, one channel; both must be the same. */
    std::vector<float> exported (std::size_t samples) const;

    /** What our own host bounces. */
    std::vector<float> bouncedByUs (const std::string& state, std::size_t samples) const;

private:
    const char* bundle() const { return format == "VST3" ? TABLEREAD_VST3 : TABLEREAD_LV2; }
    std::filesystem::path folder() const { return stage.path ("session"); }
    std::filesystem::path document() const { return folder() / "scene.ardour"; }
    std::filesystem::path lv2State() const;
    std::vector<std::string> words (const std::vector<std::string>& program) const;
    void run (const std::vector<std::string>& program) const;

    const HostScene& stage;
    const std::string format;
};
} // namespace tableread::test
