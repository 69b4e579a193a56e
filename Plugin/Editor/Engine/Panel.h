// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Engine/PanelText.h"
#include "Editor/Engine/Rows.h"
#include "Editor/Engine/Settings.h"
#include "Editor/Keyboard/FocusScroller.h"
#include "Editor/Look/Icons.h"
#include "EngineLink/RenderLink.h"

namespace tableread::plugin
{
/** How the engine is, and what is set of it: starts and ends it, plans and applies other settings. Asks the engine only while
    it is to be seen, and looks at the answers ten times a second. Message thread. */
class EnginePanel : public juce::Component, private juce::Timer
{
public:
    /** What the panel shows of the link besides. */
    struct Link
    {
        LinkStatus status;
        LinkProgress progress;
    };

    /** engine must outlive this. settings: the file that is shown and changed. */
    explicit EnginePanel (EngineOperator& engine, SettingsPlace settings = SettingsPlace::current(),
                          EngineSurroundings surroundings = EngineSurroundings::current());
    ~EnginePanel() override;

    /** Asked for at each look; empty: there is no link. */
    std::function<Link()> link;

    /** The user ends the link's safe mode, or enters or leaves the embedded model (RenderLink::tryAgain). The panel starts
        the engine itself. */
    std::function<void (bool withEmbeddedModel)> onTryAgain;

    /** Shows what has changed; called by the timer. */
    void refresh();

    void paint (juce::Graphics& g) override;
    void resized() override;

private:
    void timerCallback() override;
    void setUpButtons();
    void readFile();
    void edited();
    void planSoon();
    bool showPlan (const EngineView& seen);
    bool showButtons (const EnginePanelText& text, const EngineView& seen);
    void apply();
    void tryAgain (bool withEmbeddedModel);
    void begin (EngineOperation operation);
    void openLog();
    void say (const Result<void>& result);
    bool isEdited() const { return settings.choices() != saved; }
    int layOut (int width);

    EngineOperator& engine;
    const SettingsPlace place;
    const EngineSurroundings surroundings;

    EngineChoices saved;                       // what the file says
    std::optional<Error> fileProblem, problem; // of the file, of the last thing that the user asked for
    std::optional<juce::uint32> planDue;       // in milliseconds of JUCE's counter
    std::optional<EngineOperation> planned;    // that the last plan was asked for
    bool wasThere = false, wasSeen = false;

    juce::Component content;
    FocusScroller view { content, "Scroll the engine panel" };
    juce::Label headline, nowTitle, settingsTitle, planTitle, planSentence, message, logPlace;
    double progressNow = -1.0;
    juce::ProgressBar progress { progressNow };
    EngineRows figures { EngineRows::Values::Texts, 92 }, memory { EngineRows::Values::Numbers, 220 };
    EngineNotes notes;
    EngineSettings settings;
    juce::TextButton start { "Start" }, stop { "Stop" }, log { "Open log" }, cancel { "Cancel" },
        again { "Try again" }, embedded { "With the embedded model" }, applyButton { "Apply" },
        revert { "Revert" };
};
} // namespace tableread::plugin
