// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Engine/Panel.h"

#include <algorithm>
#include <utility>

#include "Editor/Look/Theme.h"

namespace tableread::plugin
{
namespace
{
using Operation = EngineOperation::Kind;

constexpr int looksASecond = 10, panelMargin = 16, panelGap = 8, panelButton = 30, panelTitle = 22;
constexpr juce::uint32 typingMs = 350; // until a plan is asked for

void styleTitle (juce::Label& label, const char* text, const juce::Font& font, juce::Colour colour)
{
    label.setText (text, juce::dontSendNotification);
    label.setFont (font);
    label.setColour (juce::Label::textColourId, colour);
    label.setBorderSize ({});
    label.setMinimumHorizontalScale (1.0f);
    label.setJustificationType (juce::Justification::topLeft);
}

/** These two tell whether anything has to be placed anew. */
bool showText (juce::Label& label, const std::string& text, juce::Colour colour)
{
    const auto now = juceText (text);
    label.setColour (juce::Label::textColourId, colour);
    if (now == label.getText())
        return false;
    label.setText (now, juce::dontSendNotification);
    return true;
}

bool showIf (juce::Component& part, bool isShown)
{
    if (part.isVisible() == isShown)
        return false;
    part.setVisible (isShown);
    return true;
}

int heightOf (const juce::Label& label, int width)
{
    return label.getText().isEmpty() ? 0 : heightOfText (label.getText(), label.getFont(), width);
}
} // namespace

EnginePanel::EnginePanel (EngineOperator& operated, SettingsPlace settingsFile, EngineSurroundings machine)
    : engine (operated)
    , place (std::move (settingsFile))
    , surroundings (std::move (machine))
{
    setTitle ("Engine");
    styleTitle (headline, "", Theme::font (17.0f, true), Theme::text);
    styleTitle (nowTitle, "NOW", Theme::font (12.0f, true), Theme::dim);
    styleTitle (settingsTitle, "SETTINGS", Theme::font (12.0f, true), Theme::dim);
    styleTitle (planTitle, "MEMORY WITH THESE SETTINGS", Theme::font (12.0f, true), Theme::dim);
    styleTitle (planSentence, "", Theme::font (14.5f, false), Theme::text);
    styleTitle (message, "", Theme::font (14.5f, false), Theme::bad);
    styleTitle (logPlace, "", Theme::font (14.5f, false), Theme::text);
    progress.setPercentageDisplay (false);
    progress.setTitle ("Progress");
    for (auto* part : std::initializer_list<juce::Component*> {
             &headline, &nowTitle, &settingsTitle, &planTitle, &planSentence, &message, &logPlace, &figures,
             &notes, &settings, &memory })
        content.addAndMakeVisible (part);
    content.addChildComponent (progress);
    setUpButtons();
    settings.onChange = [this] { edited(); };
    addAndMakeVisible (view);
    readFile();
    refresh();
    startTimerHz (looksASecond);
}

EnginePanel::~EnginePanel()
{
    engine.setWatched (false);
}

void EnginePanel::setUpButtons()
{
    const auto add = [this] (juce::TextButton& button, const char* tip, std::function<void()> action) {
        button.setTooltip (tip);
        button.onClick = std::move (action);
        content.addAndMakeVisible (button);
    };
    add (start, "Starts the engine now; otherwise it is started when something is to be rendered",
         [this] { begin ({ Operation::Start }); });
    add (stop, "Ends the engine as soon as it speaks for nobody", [this] { begin ({ Operation::Stop }); });
    add (log, "What the engine has said, and why it ended", [this] { openLog(); });
    add (cancel, "Leaves what is under way; a loading that has begun goes on in the engine",
         [this] { engine.cancel(); });
    add (again, "Starts the engine as it is set", [this] { tryAgain (false); });
    add (embedded, "Starts the engine with the model that comes with it, on the CPU, without any settings",
         [this] { tryAgain (true); });
    add (applyButton, "Keeps these settings and loads the model with them", [this] { apply(); });
    add (revert, "Shows what the settings file says", [this] {
        readFile();
        edited();
    });
    applyButton.setColour (juce::TextButton::buttonColourId, Theme::accent);
    applyButton.setColour (juce::TextButton::textColourOffId, Theme::background);
}

/** Whether it is to be seen is asked for, since it is told of nothing when a parent is hidden. */
void EnginePanel::timerCallback()
{
    const bool isSeen = isShowing();
    engine.setWatched (isSeen);
    if (isSeen && ! wasSeen && ! isEdited())
        readFile(); // somebody may have changed it meanwhile
    wasSeen = isSeen;
    if (isSeen)
        refresh();
}

void EnginePanel::readFile()
{
    const auto read = readSettings (place);
    fileProblem = read ? std::nullopt : std::optional (read.error());
    saved = choicesOf (read ? *read : Settings {});
    settings.show (saved);
    settings.setEnabled (! fileProblem);
}

void EnginePanel::edited()
{
    problem.reset();
    planSoon();
    refresh();
}

void EnginePanel::planSoon()
{
    planned.reset();
    planDue = juce::Time::getMillisecondCounter() + typingMs;
}

void EnginePanel::refresh()
{
    const auto latest = engine.view(); // kept while it is shown
    const auto& seen = *latest;
    EngineFacts facts { .view = seen, .surroundings = surroundings };
    if (link)
    {
        const auto linked = link();
        facts.safeMode = linked.status.safeMode;
        facts.isEmbeddedOnly = linked.status.isEmbeddedOnly;
        facts.progress = linked.progress;
    }
    auto text = describeEngine (facts);
    if (fileProblem)
        text.warnings.insert (text.warnings.begin(), fileProblem->text());
    if (std::exchange (wasThere, text.isThere) != text.isThere)
        planSoon();
    if (planDue && juce::Time::getMillisecondCounter() >= *planDue && text.isThere && ! text.isBusy)
    {
        planDue.reset();
        const auto& wanted = settings.choices();
        if (problemOf (wanted).empty() && ! needsRestart (saved, wanted))
        {
            planned = EngineOperation { Operation::Plan, {}, loadSettingsFor (wanted) };
            say (engine.begin (*planned));
        }
    }
    auto isOther = showText (headline, text.headline, text.tone == Tone::Bad ? Theme::bad : Theme::text);
    progressNow = text.progress.value_or (-1.0);
    progress.setVisible (text.progress.has_value()); // its place is kept
    isOther |= figures.show (text.rows);
    isOther |= notes.show (text.warnings);
    isOther |= showPlan (seen);
    isOther |= showButtons (text, seen);
    if (isOther)
        resized();
}

bool EnginePanel::showPlan (const EngineView& seen)
{
    const auto& wanted = settings.choices();
    PlanText plan;
    if (const auto wrong = problemOf (wanted); ! wrong.empty())
        plan = { wrong, Tone::Bad, {} };
    else if (needsRestart (saved, wanted))
        plan.sentence = "The engine reads this when it starts: Apply starts it anew.";
    else if (! wasThere)
        plan.sentence = "Known when an engine runs.";
    else if (seen.running && seen.running->what.kind != Operation::Plan)
        plan.sentence = "Known when the engine is done with this.";
    else if (planned && seen.plan && seen.plan->what == *planned)
        plan = describePlan (*seen.plan);
    else
        plan.sentence = "Planning\u2026";
    auto isOther = showText (planSentence, plan.sentence, plan.tone == Tone::Bad ? Theme::bad : Theme::text);
    isOther |= memory.show (plan.rows);
    const bool fits = plan.tone != Tone::Bad || ! plan.rows.empty(); // little memory left is a warning only
    applyButton.setEnabled (fits && ! fileProblem && ! seen.running);
    return showText (message, problem ? problem->text() : std::string(), Theme::bad) || isOther;
}

bool EnginePanel::showButtons (const EnginePanelText& text, const EngineView& seen)
{
    const bool isSilent = seen.state == EngineView::State::Silent || seen.state == EngineView::State::Foreign;
    auto isOther = showIf (start, ! text.isSafeMode && ! text.isThere && ! isSilent);
    isOther |= showIf (again, text.isSafeMode);
    isOther |= showIf (embedded, text.isSafeMode);
    isOther |= showIf (stop, text.isThere || isSilent);
    isOther |= showIf (cancel, text.tone == Tone::Busy && text.isBusy);
    for (auto* button : { &start, &again, &embedded, &stop })
        button->setEnabled (! text.isBusy);
    revert.setEnabled (isEdited() || fileProblem);
    return isOther;
}

/** Writes the settings first: what cannot be kept is not tried. */
void EnginePanel::apply()
{
    problem.reset();
    const auto wanted = settings.choices();
    const auto written = readSettings (place).and_then ([&] (const Settings& now) -> Result<void> {
        if (auto wrong = problemOf (wanted, now, place); ! wrong.empty())
            return tl::unexpected (Error { ErrorCode::InvalidInput, std::move (wrong), {} });
        return writeSettings (place, changesFor (choicesOf (now), wanted, now));
    });
    say (written);
    if (written)
    {
        const bool restarts = needsRestart (saved, wanted);
        readFile();
        if (wasThere)
            begin ({ restarts ? Operation::Restart : Operation::Load, {}, loadSettingsFor (wanted) });
        planSoon();
    }
    refresh();
}

void EnginePanel::tryAgain (bool withEmbeddedModel)
{
    if (onTryAgain)
        onTryAgain (withEmbeddedModel);
    begin ({ withEmbeddedModel ? Operation::StartEmbedded : Operation::Start });
}

void EnginePanel::begin (EngineOperation operation)
{
    problem.reset();
    say (engine.begin (std::move (operation)));
    refresh();
}

/** What comes of it is said below the button. */
void EnginePanel::openLog()
{
    const auto file = juceText (engine.log().string());
    const juce::File written (file);
    juce::String said;
    if (! written.existsAsFile())
        said = "There is no log yet, since no plugin has started an engine here. It will be " + file;
    else if (surroundings.opensFiles && written.startAsProcess())
        said = "The log is " + file;
    else
        said =
            "No program opens the log here, as xdg-open is missing. Open it in an editor of yours. It is " +
            file;
    logPlace.setText (said, juce::dontSendNotification);
    resized();
}

void EnginePanel::say (const Result<void>& result)
{
    if (! result)
        problem = result.error();
}

void EnginePanel::paint (juce::Graphics& g)
{
    g.fillAll (Theme::background);
}

void EnginePanel::resized()
{
    view.setBounds (getLocalBounds());
    const auto full = std::max (view.getWidth(), 1);
    auto height = layOut (full);
    if (height > view.getHeight()) // then the scroll bar takes some of the width
        height = layOut (full - view.getScrollBarThickness());
    content.setSize (height > view.getHeight() ? full - view.getScrollBarThickness() : full, height);
}

/** Places everything. @returns the height that it takes. */
int EnginePanel::layOut (int width)
{
    constexpr int narrow = 640, columnGap = 32, widestColumn = 560, barHeight = 4;
    const bool hasTwoColumns = width >= narrow;
    const auto column = std::min (widestColumn, hasTwoColumns ? (width - 2 * panelMargin - columnGap) / 2
                                                              : width - 2 * panelMargin);
    const auto buttons = [&] (int first, int y, std::initializer_list<juce::TextButton*> row) {
        auto x = first;
        for (auto* button : row)
            if (button->isVisible())
            {
                const auto wide = button->getBestWidthForHeight (panelButton) + 12;
                if (x > first && x + wide > first + column)
                {
                    x = first;
                    y += panelButton + panelGap;
                }
                button->setBounds (x, y, wide, panelButton);
                x += wide + panelGap;
            }
        return y + panelButton;
    };
    const auto put = [&] (auto& part, int x, int y, int height) {
        part.setBounds (x, y, column, height);
        return y + height + (height > 0 ? panelGap : 0);
    };
    const auto headlineWidth = width - 2 * panelMargin;
    headline.setBounds (panelMargin, panelMargin, headlineWidth, heightOf (headline, headlineWidth));
    progress.setBounds (panelMargin, headline.getBottom() + panelGap, std::min (headlineWidth, widestColumn),
                        barHeight);
    const auto top = progress.getBottom() + 2 * panelGap;

    auto left = put (nowTitle, panelMargin, top, panelTitle);
    left = put (figures, panelMargin, left, figures.heightFor (column));
    left = put (notes, panelMargin, left, notes.heightFor (column));
    left = buttons (panelMargin, left + panelGap, { &start, &again, &embedded, &stop, &cancel, &log });
    left = put (logPlace, panelMargin, left + panelGap, heightOf (logPlace, column));

    const auto x = hasTwoColumns ? panelMargin + column + columnGap : panelMargin;
    auto right = put (settingsTitle, x, hasTwoColumns ? top : left + 2 * panelMargin, panelTitle);
    right = put (settings, x, right, EngineSettings::height());
    right = put (planTitle, x, right + panelGap, panelTitle);
    right = put (planSentence, x, right, heightOf (planSentence, column));
    right = put (memory, x, right, memory.heightFor (column));
    right = put (message, x, right, heightOf (message, column));
    right = buttons (x, right + panelGap, { &applyButton, &revert });
    return std::max (left, right) + panelMargin;
}
} // namespace tableread::plugin
