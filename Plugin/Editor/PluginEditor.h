// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

#include "Editor/EmptyState.h"
#include "Editor/Keyboard/HostKeys.h"
#include "Editor/Lines/Panel.h"
#include "Editor/Look/Icons.h"
#include "Editor/Look/Theme.h"
#include "Editor/NotesButton.h"
#include "Editor/ReadingMarks.h"
#include "Editor/Script/Editor.h"
#include "Editor/SidePanel.h"
#include "Editor/SoundDrag.h"
#include "Editor/StatusText.h"
#include "Editor/Timeline/View.h"
#include "EngineLink/Operation/Operator.h"
#include "Processor/PluginProcessor.h"

namespace tableread::plugin
{
/** The window: the script with cast, takes and engine beside it, the timeline below. Polls the workspace 30 times a second. */
class PluginEditor : public juce::AudioProcessorEditor, private juce::Timer
{
public:
    static constexpr int leastWidth = 700, leastHeight = 450;

    explicit PluginEditor (PluginProcessor& plugin);
    ~PluginEditor() override;

    /** Shows what has changed in the project; called by the timer. */
    void refresh();

    void undo();
    void redo();

    void paint (juce::Graphics& g) override;
    void resized() override;
    bool keyPressed (const juce::KeyPress& key) override;

private:
    enum class Place // where lines are selected
    {
        Script,
        List,
        Timeline
    };

    void timerCallback() override { refresh(); }
    void connectScript();
    void connectTimeline();
    void connectSide();
    void connectSelection();
    void connectLines();
    void showLines (bool isWanted);

    juce::Rectangle<int> progressBar() const;
    void showProject();
    void showDocument();
    void showSelection();
    std::vector<project::LineId> selectedLines() const;
    void showPlayback();
    std::optional<LoopRange> loop() const;
    void showStatus();
    void showEngine (const LinkStatus& link);

    void typed (const TextEdit& edit);
    Result<void> edit (const project::Edit& edit);
    void report (const Result<void>& done);
    void moveLines (const std::function<std::optional<project::MoveLines> (const project::Document&)>& moved);
    void setSeed (std::uint64_t seed);
    void setWait (project::RenderWait wait);
    void setEngine (std::filesystem::path chosen);
    Result<void> saveCast (const std::filesystem::path& file);
    Result<void> loadCast (const std::filesystem::path& file);
    void hear (project::TakeId take);
    void hear (project::LineId line);
    void retry (std::uint64_t line);
    void renderOrStop();
    void openMenu();
    void tryAgain (bool withEmbeddedModel);
    void chooseEngine();

    PluginProcessor& processor;
    Workspace& workspace;
    Transport& transport;
    const bool isApp; // which has a transport of its own
    EngineOperator engineOperator;

    juce::SharedResourcePointer<SharedTheme> everywhere; // in menus and dialogs too
    Theme theme;
    juce::Label title, status, clock;
    ScriptEditor script;
    ReadingMarks marks { [this] (std::size_t line) -> const std::string& {
                            return script.state().buffer().line (line);
                        },
                         [] (const SpeakerColour& colour) { return Theme::speaker (colour).getARGB(); } };
    SoundExport sounds { workspace.player() };
    SoundDrag soundDrag { sounds, [this] { return workspace.document(); } };
    LinesPanel lines; // over the script
    EmptyState empty { isApp ? EmptyState::PlayedBy::App : EmptyState::PlayedBy::Host };
    SidePanel side;
    TimelineView timeline;
    NotesButton notes;
    juce::TextButton renderButton { "Render" }, discardButton { "Discard it and go on" };
    IconButton menuButton { Icon::More, "More" }, filterButton { Icon::Search, "Filter lines" };
    juce::TooltipWindow tooltips { this, 600 };
    std::unique_ptr<juce::FileChooser> chooser;
    HostKeys hostKeys { *this };

    std::optional<Error> problem; // of the last thing that the user asked for
    std::string shownUnheard;     // why the last audition is not heard
    Showing now;
    std::shared_ptr<const project::Document> shownDocument;
    std::shared_ptr<const std::string> shownScript;
    std::filesystem::path program;             // the project's engine, as the engine's operator knows it
    bool isFollowing = false;                  // the script is changed by us, not by the user
    Place visited = Place::Script;             // last
    ScriptRows selectedRows;                   // of the script
    std::vector<project::LineId> chosenInList; // of filtered lines
    double progress = 0.0;
    bool isRendering = false;
    std::optional<std::uint64_t> shownLoads;
};
} // namespace tableread::plugin
