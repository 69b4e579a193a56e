// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <juce_audio_processors/juce_audio_processors.h>

#include "FakePlayHead.h"

namespace tableread::test
{
/** Whether a plugin's library is kept when it is unloaded: else the thread sanitizer would not know the names that its
    suppressions give. */
#ifdef __SANITIZE_THREAD__
inline constexpr bool keepsLibraries = true;
#else
inline constexpr bool keepsLibraries = false;
#endif

/** The built plugin, loaded from its file as a DAW loads it, in the format "VST3" or "LV2". */
class HostedPlugin
{
public:
    /** `bundle` is the built folder, TableRead.vst3 or TableRead.lv2. Throws with the reason if it does not load. */
    HostedPlugin (const std::string& format, const std::filesystem::path& bundle, double rate, int block);
    ~HostedPlugin();

    /** As when the host's device changes; a host may have released the plugin before, or not. */
    void prepare (double rate, int block);

    /** Loads a state into the plugin, in the way its format does. */
    void load (const std::string& state);

    /** The session's state that the plugin gives to its host. */
    std::string save();

    /** Plays [from, to): an offline bounce, unless setNonRealtime() says otherwise. */
    std::vector<float> bounce (std::int64_t from, std::int64_t to, int block);

    /** The transport stands for a block. */
    void stop();

    /** Where the next block is. */
    FakePlayHead& transport() { return head; }

    juce::AudioPluginInstance& operator*() { return *instance; }
    juce::AudioPluginInstance* operator->() { return instance.get(); }

private:
    juce::String stateInside (const juce::MemoryBlock& hostState) const;

    juce::ScopedJuceInitialiser_GUI juce;
    const std::string kind;
    const int blockSize;
    FakePlayHead head;
    juce::AudioPluginFormatManager formats;
    std::unique_ptr<juce::AudioPluginInstance> instance;
};
} // namespace tableread::test
