// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/AppWindow.h"

#include <utility>

#include <juce_audio_devices/juce_audio_devices.h>
#include <juce_gui_extra/juce_gui_extra.h>

#include <juce_audio_plugin_client/Standalone/juce_StandaloneFilterWindow.h>

#include "Core/Disk/DataFolder.h"
#include "Editor/Look/Theme.h"
#include "Standalone/WindowFit.h"

namespace tableread::plugin
{
namespace
{
constexpr const char *placeKey = "window", *scaleKey = "scale";
constexpr int mostWidth = 3840, mostHeight = 2160;

Documents::Options places()
{
    return { .autosave = { .folder = stateFolder ("autosave") }, .recent = configFolder ("recent") };
}
} // namespace

AppWindow::AppWindow (AppSettings& kept, const std::filesystem::path& file, std::function<void()> whenClosed)
    : DocumentWindow ("TableRead", Theme::background, allButtons)
    , settings (kept)
    , closed (std::move (whenClosed))
    , holder (std::make_unique<juce::StandalonePluginHolder> (settings.file.get(), false))
    , content (std::make_unique<AppContent> (dynamic_cast<PluginProcessor&> (*holder->processor), dialogs,
                                             places(), actions()))
{
    const auto scale = juce::jlimit (1.0, 2.0, settings.file->getDoubleValue (scaleKey, 1.0));
    juce::Desktop::getInstance().setGlobalScaleFactor ((float) scale);
    setUsingNativeTitleBar (true);
    setContentNonOwned (content.get(), true);
    setResizable (true, false);
    setResizeLimits (AppContent::leastWidth, AppContent::leastHeight, mostWidth, mostHeight);
    addKeyListener (&content->keys());
    centreWithSize (getWidth(), getHeight());
    restoreWindowStateFromString (settings.file->getValue (placeKey));
    fitToScreen();
    setVisible (true);

    auto& documents = content->documents();
    if (! file.empty())
        documents.open (file);
    else if (auto former = project::parse (settings.formerSession, "the session of an older TableRead");
             former)
        documents.showUnsaved (std::move (*former));
    documents.offerRecovery();
}

AppWindow::~AppWindow()
{
    settings.file->setValue (placeKey, getWindowStateAsString());
    holder->stopPlaying();
    removeKeyListener (&content->keys());
    clearContentComponent();
    content.reset(); // before the processor
}

void AppWindow::closeButtonPressed()
{
    content->documents().close (closed);
}

AppContent::Window AppWindow::actions()
{
    return { .setTitle = [this] (const juce::String& title) { setName (title); },
             .showAudioSettings = [this] { showAudioSettings(); },
             .quit = [this] { closeButtonPressed(); },
             .scale = [] { return (double) juce::Desktop::getInstance().getGlobalScaleFactor(); },
             .setScale = [this] (double scale) { setScale (scale); } };
}

void AppWindow::showAudioSettings()
{
    constexpr int width = 520, height = 420;
    auto selector = std::make_unique<juce::AudioDeviceSelectorComponent> (
        holder->deviceManager, 0, 0, 1, holder->getNumOutputChannels(), false, false, true, false);
    selector->setSize (width, height);
    juce::DialogWindow::LaunchOptions options;
    options.content.setOwned (selector.release());
    options.dialogTitle = "Audio Settings";
    options.dialogBackgroundColour = Theme::background;
    options.useNativeTitleBar = true;
    options.resizable = false;
    options.componentToCentreAround = this;
    options.launchAsync();
}

/** The scale that the user chose is kept for larger screens. */
void AppWindow::fitToScreen()
{
    constexpr int titleBar =
        28; // of the window manager, which tells later how high it is, and whether it is above our place
    auto& desktop = juce::Desktop::getInstance();
    const juce::Rectangle<int> least (AppContent::leastWidth, AppContent::leastHeight);
    const auto screen = [&] {
        const auto* display = desktop.getDisplays().getDisplayForRect (getBounds());
        return display == nullptr ? getBounds() : display->userArea.reduced (0, titleBar);
    };
    const auto scale = (double) desktop.getGlobalScaleFactor();
    desktop.setGlobalScaleFactor (
        (float) scaleThatFits (scale, (screen().toDouble() * scale).toNearestInt(), least));
    if (! isFullScreen())
        setBounds (fittedTo (screen(), getBounds(), least));
}

void AppWindow::setScale (double scale)
{
    juce::Desktop::getInstance().setGlobalScaleFactor ((float) scale);
    settings.file->setValue (scaleKey, scale);
    fitToScreen();
}
} // namespace tableread::plugin
