// SPDX-License-Identifier: GPL-3.0-or-later
#include <juce_audio_devices/juce_audio_devices.h>
#include <juce_audio_utils/juce_audio_utils.h>
#include <juce_gui_extra/juce_gui_extra.h>

#include <juce_audio_plugin_client/Standalone/juce_StandaloneFilterWindow.h>

#include "Core/StandardStreams.h"
#include "Editor/Theme.h"
#include "Standalone/BounceCommand.h"

namespace tableread::plugin
{
/** The app: the plugin in a window of its own. */
class StandaloneApp : public juce::JUCEApplication
{
public:
    StandaloneApp()
    {
        juce::PropertiesFile::Options options;
        options.applicationName = JucePlugin_Name;
        options.filenameSuffix = ".settings";
        options.osxLibrarySubFolder = "Application Support";
        options.folderName = "~/.config";
        properties.setStorageParameters (options);
    }

    const juce::String getApplicationName() override { return JucePlugin_Name; }
    const juce::String getApplicationVersion() override { return JucePlugin_VersionString; }
    bool moreThanOneInstanceAllowed() override { return true; }

    void initialise (const juce::String&) override
    {
        juce::LookAndFeel::setDefaultLookAndFeel (&theme);
        window = std::make_unique<juce::StandaloneFilterWindow> (getApplicationName(), Theme::background,
                                                                 properties.getUserSettings(), false,
                                                                 juce::String(), nullptr);
        window->setVisible (true);
    }

    void shutdown() override
    {
        window = nullptr;
        properties.saveIfNeeded();
        juce::LookAndFeel::setDefaultLookAndFeel (nullptr);
    }

    void systemRequestedQuit() override
    {
        window->pluginHolder->savePluginState();
        quit();
    }

private:
    Theme theme;
    juce::ApplicationProperties properties;
    std::unique_ptr<juce::StandaloneFilterWindow> window;
};
} // namespace tableread::plugin

namespace
{
juce::JUCEApplicationBase* createApp()
{
    return new tableread::plugin::StandaloneApp();
}
} // namespace

int main (int argc, char** argv)
{
    tableread::openClosedStandardStreams();
    // The command line works where there is no display, so it comes before any JUCE call.
    if (const auto exitCode = tableread::plugin::runCommandLine (argc, argv))
        return *exitCode;
    juce::JUCEApplicationBase::createInstance = &createApp;
    return juce::JUCEApplicationBase::main (argc, const_cast<const char**> (argv));
}
