// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

#include "Editor/CastPanel.h"
#include "Editor/EditHistory.h"
#include "Editor/ReadingMarks.h"
#include "Editor/Script/Editor.h"
#include "Editor/StatusText.h"
#include "Editor/Theme.h"
#include "Editor/WaveformView.h"
#include "Processor/Session.h"
#include "Processor/Transport.h"

namespace tableread::plugin
{
class PluginProcessor;

/** The window: script and cast above, the performance below. Polls the session 30 times a second. */
class PluginEditor : public juce::AudioProcessorEditor, private juce::Timer
{
public:
    explicit PluginEditor (PluginProcessor& plugin);
    ~PluginEditor() override;

    /** Shows what has changed in the session; called by the timer. */
    void refresh();

    void paint (juce::Graphics& g) override;
    void resized() override;
    bool keyPressed (const juce::KeyPress& key) override;

private:
    enum class Mode
    {
        Plugin,    // the host plays
        Standalone // we play
    };

    void timerCallback() override { refresh(); }
    void showState();
    void showScript();
    void edited (const TextEdit& edit);
    void redo (const std::optional<TextEdit>& step);
    void showPlayback (const Performance::View& view);
    void showStatus (const Performance::View& view);
    void renderOrStop();
    void playOrStop();
    void stopAtEnd (const Performance::View& view);
    void showEngine (const LinkStatus& link);
    void openEngineMenu();
    void tryAgain (bool withEmbeddedModel);
    void chooseEngine();
    void seedTyped();
    void shuffleSeed();
    void watchDevice();

    Session& session;
    Transport& transport;
    const Mode mode;

    Theme theme;
    juce::Label title, scriptTitle, castTitle, seedTitle, status, clock;
    ScriptEditor script;
    ReadingMarks marks { [this] (std::size_t line) -> const std::string& {
                            return script.state().buffer().line (line);
                        },
                         [] (int speaker) { return Theme::speaker (speaker).getARGB(); } };
    EditHistory history;
    bool isRedoing = false;
    juce::TextEditor seed;
    LeaveOnClick leaveSeed { seed };
    CastPanel cast;
    WaveformView waveform;
    juce::TextButton renderButton { "Render" }, playButton { "Play" }, engineButton { "Engine" },
        shuffleButton { "Shuffle" };
    juce::TooltipWindow tooltips { this, 600 };
    std::unique_ptr<juce::FileChooser> chooser;

    std::optional<Error> problem;         // of the last thing that the user asked for
    std::vector<std::string> notes;       // of the script
    std::vector<std::string> shownVoices; // of the model
    std::int64_t shownMissed = 0;
    double progress = 0.0;
    bool isRendering = false, isInSafeMode = false, isEmbeddedOnly = false;
    int shownLoads = -1;
    std::optional<double> readingDue; // when an edited script is to be read again, in milliseconds
    double readingTime = 0.0;         // of the last time that it was read
    int stillTicks = 0;               // timer ticks since playback last moved, although it is running
    HostSamples lastPosition;
};
} // namespace tableread::plugin
