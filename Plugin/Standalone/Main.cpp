// SPDX-License-Identifier: GPL-3.0-or-later
#include <iostream>

#include <juce_gui_extra/juce_gui_extra.h>

#include "Core/ExitCodes.h"
#include "Core/Process/StandardStreams.h"
#include "Editor/Look/Theme.h"
#include "Processor/Display.h"
#include "Standalone/AppWindow.h"
#include "Standalone/BounceCommand.h"

namespace tableread::plugin
{
namespace
{
std::filesystem::path fileToOpen; // from the command line

/** The app: the plugin in a window of its own. Each window is a process. */
class StandaloneApp : public juce::JUCEApplication
{
public:
    const juce::String getApplicationName() override { return JucePlugin_Name; }
    const juce::String getApplicationVersion() override { return JucePlugin_VersionString; }
    bool moreThanOneInstanceAllowed() override { return true; }

    void initialise (const juce::String&) override
    {
        juce::LookAndFeel::setDefaultLookAndFeel (&theme);
        window = std::make_unique<AppWindow> (settings, fileToOpen, [] { quit(); });
    }

    void shutdown() override
    {
        window = nullptr;
        settings.file->saveIfNeeded();
        juce::LookAndFeel::setDefaultLookAndFeel (nullptr);
    }

    void systemRequestedQuit() override { window->closeButtonPressed(); }

private:
    Theme theme;
    AppSettings settings = AppSettings::open();
    std::unique_ptr<AppWindow> window;
};

juce::JUCEApplicationBase* createApp()
{
    return new StandaloneApp();
}
} // namespace
} // namespace tableread::plugin

int main (int argc, char** argv)
{
    using namespace tableread;
    openClosedStandardStreams();
    // The command line works where there is no display, so it comes before any JUCE call.
    if (const auto exitCode = plugin::runCommandLine (argc, argv, plugin::fileToOpen))
        return *exitCode;
    if (! plugin::hasDisplay())
    {
        std::cerr
            << "TableRead: no window can be opened: there is no display that DISPLAY names. Start it in a "
               "desktop session, or render without a window: TableRead --bounce SCRIPT -o OUT.wav\n";
        return exitRefused;
    }
    juce::JUCEApplicationBase::createInstance = &plugin::createApp;
    return juce::JUCEApplicationBase::main (argc, const_cast<const char**> (argv));
}
