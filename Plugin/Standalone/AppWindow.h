// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include <juce_audio_utils/juce_audio_utils.h>

#include "Standalone/AppContent.h"
#include "Standalone/AppSettings.h"
#include "Standalone/WindowDialogs.h"

namespace juce
{
class StandalonePluginHolder;
}

namespace tableread::plugin
{
/** The app's window, with the plugin and its audio device. */
class AppWindow : public juce::DocumentWindow
{
public:
    /** @param file  to be opened; empty: none */
    AppWindow (AppSettings& kept, const std::filesystem::path& file, std::function<void()> whenClosed);
    ~AppWindow() override;

    void closeButtonPressed() override;

private:
    AppContent::Window actions();
    void showAudioSettings();
    void setScale (double scale);
    void fitToScreen();

    AppSettings& settings;
    const std::function<void()> closed;
    WindowDialogs dialogs;
    std::unique_ptr<juce::StandalonePluginHolder> holder;
    std::unique_ptr<AppContent> content;
};
} // namespace tableread::plugin
