// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

#include "Editor/CastPanel.h"
#include "Editor/EmptyState.h"
#include "Editor/ReadingMarks.h"
#include "Editor/Script/Editor.h"
#include "Editor/StatusText.h"
#include "Editor/Theme.h"
#include "Editor/WaveformView.h"
#include "Processor/Transport.h"
#include "Processor/Workspace.h"

namespace tableread::plugin
{
class PluginProcessor;

/** The window: script and cast above, the performance below. Polls the workspace 30 times a second. */
class PluginEditor : public juce::AudioProcessorEditor, private juce::Timer
{
public:
    static constexpr int leastWidth = 700, leastHeight = 450;

    explicit PluginEditor (PluginProcessor& plugin);
    ~PluginEditor() override;

    /** Shows what has changed in the project; called by the timer. */
    void refresh();

    void paint (juce::Graphics& g) override;
    void resized() override;
    bool keyPressed (const juce::KeyPress& key) override;

private:
    void timerCallback() override { refresh(); }
    void showProject();
    void showScript();
    void showCast();
    void edited (const TextEdit& edit);
    void edit (const project::Edit& edit);
    void setVoice (const std::string& speaker, const VoiceReference& voice);
    void setSeed (std::uint64_t seed);
    void setEngine (std::filesystem::path program);
    void showPlayback();
    void showStatus();
    void renderOrStop();
    void showEngine (const LinkStatus& link);
    void openEngineMenu();
    void tryAgain (bool withEmbeddedModel);
    void chooseEngine();
    void seedTyped();
    void shuffleSeed();

    Workspace& workspace;
    Transport& transport;
    const bool isApp; // which has a transport of its own

    juce::SharedResourcePointer<SharedTheme> everywhere; // in menus and dialogs too
    Theme theme;
    juce::Label title, scriptTitle, castTitle, seedTitle, status, clock;
    ScriptEditor script;
    ReadingMarks marks { [this] (std::size_t line) -> const std::string& {
                            return script.state().buffer().line (line);
                        },
                         [] (int speaker) { return Theme::speaker (speaker).getARGB(); } };
    EmptyState empty { isApp ? EmptyState::PlayedBy::App : EmptyState::PlayedBy::Host };
    juce::TextEditor seed;
    LeaveOnClick leaveSeed { seed };
    CastPanel cast;
    WaveformView waveform;
    juce::TextButton renderButton { "Render" }, engineButton { "Engine" }, shuffleButton { "Shuffle" },
        discardButton { "Discard it and go on" };
    juce::TooltipWindow tooltips { this, 600 };
    std::unique_ptr<juce::FileChooser> chooser;

    std::optional<Error> problem; // of the last thing that the user asked for
    Showing now;
    std::shared_ptr<const project::Document> shownDocument;
    std::shared_ptr<const std::string> shownScript;
    std::vector<std::string> shownVoices; // of the model
    bool isFollowing = false;             // the script is changed by us, not by the user
    std::int64_t shownMissed = 0;
    double progress = 0.0;
    bool isRendering = false, isInSafeMode = false, isEmbeddedOnly = false;
    std::optional<std::uint64_t> shownLoads;
};
} // namespace tableread::plugin
