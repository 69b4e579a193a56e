// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

#include "Editor/CastPanel.h"
#include "Editor/StatusText.h"
#include "Editor/Theme.h"
#include "Editor/WaveformView.h"
#include "Processor/Session.h"
#include "Processor/Transport.h"

namespace tableread::plugin
{
class PluginProcessor;

/** The window: script and cast above, the performance below. Asks the session 30 times a second what is new. */
class PluginEditor : public juce::AudioProcessorEditor, private juce::Timer
{
public:
    explicit PluginEditor (PluginProcessor& plugin);
    ~PluginEditor() override;

    void paint (juce::Graphics& g) override;
    void resized() override;

private:
    enum class Mode
    {
        Plugin,    // the host plays
        Standalone // we play
    };

    void timerCallback() override;
    void showState();
    void showScript();
    void showStatus (const Performance::View& view);
    void renderOrStop();
    void playOrStop();
    void stopAtEnd (const Performance::View& view);
    void openEngineMenu();
    void chooseEngine();

    Session& session;
    Transport& transport;
    const Mode mode;

    Theme theme;
    juce::Label title, scriptTitle, castTitle, seedTitle, status, clock;
    juce::TextEditor script, seed;
    CastPanel cast;
    WaveformView waveform;
    juce::TextButton renderButton { "Render" }, playButton { "Play" }, engineButton { "Engine" };
    juce::TooltipWindow tooltips { this, 600 };
    std::unique_ptr<juce::FileChooser> chooser;

    std::optional<Error> problem; // of the last thing that the user asked for
    double progress = 0.0;
    bool isRendering = false;
    int shownLoads = -1;
};
} // namespace tableread::plugin
