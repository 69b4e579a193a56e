// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include <juce_audio_processors/juce_audio_processors.h>

#include "Editor/PluginEditor.h"
#include "Processor/PluginProcessor.h"
#include "Standalone/AppProject.h"
#include "Standalone/Commands.h"
#include "Standalone/MenuBar.h"
#include "Standalone/TransportBar.h"

namespace tableread::plugin
{
/** What is in the app's window: menus, transport and the plugin's editor; the commands of them, and what is dropped on it. */
class AppContent : public juce::Component, public juce::FileDragAndDropTarget, private juce::Timer
{
public:
    static constexpr int barHeight = 38, leastWidth = PluginEditor::leastWidth,
                         leastHeight = PluginEditor::leastHeight + barHeight;

    struct Window
    {
        std::function<void (const juce::String&)> setTitle;
        std::function<void()> showAudioSettings, quit;
        std::function<double()> scale;
        std::function<void (double)> setScale;
    };

    /** The processor and the dialogs outlive this. */
    AppContent (PluginProcessor& played, Dialogs& user, const Documents::Options& places, Window around);
    ~AppContent() override;

    Documents& documents() { return files; }

    /** Shows what has changed, and keeps what is not saved; called by the timer. */
    void refresh();

    /** Keys that are commands wherever nothing else takes them. */
    juce::KeyListener& keys() { return commands.keys(); }

    void paint (juce::Graphics& g) override;
    void paintOverChildren (juce::Graphics& g) override;
    void resized() override;
    bool isInterestedInFileDrag (const juce::StringArray&) override { return true; }
    void fileDragEnter (const juce::StringArray&, int, int) override { showDrag (true); }
    void fileDragExit (const juce::StringArray&) override { showDrag (false); }
    void filesDropped (const juce::StringArray& names, int x, int y) override;

private:
    void timerCallback() override { refresh(); }
    std::vector<Commands::Entry> entries();
    void playOrStop();
    void showDrag (bool isOver);
    void dropRecordings (const std::vector<std::filesystem::path>& recordings);
    void askWhose (const std::filesystem::path& recording);
    void edit (const project::Edit& edit);

    PluginProcessor& processor;
    Dialogs& dialogs;
    const Window window;
    AppProject project { processor.workspace };
    Documents files;
    TransportBar transport;
    Commands commands;
    MenuBar menu;
    MenuLook menuLook;
    juce::MenuBarComponent menuBar;
    juce::Label notice;
    std::unique_ptr<PluginEditor> editor;
    std::string shownUndo, shownRedo;
    bool isDraggedOver = false, hasNoDevice = false;
};
} // namespace tableread::plugin
