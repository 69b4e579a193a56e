// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/PluginEditor.h"

#include <utility>

#include "Editor/StartFolder.h"
#include "Editor/Text/Drawing.h"
#include "Editor/Text/Utf8.h"
#include "Project/File/CastFile.h"
#include "Project/Lookup.h"

namespace tableread::plugin
{
namespace
{
constexpr int margin = 14;

/** What to change so that a text is another one. */
TextEdit changeOf (const std::string& before, const std::string& after)
{
    const auto shorter = std::min (before.size(), after.size());
    std::size_t begin = 0, end = 0;
    while (begin < shorter && before[begin] == after[begin])
        ++begin;
    begin = startOfCharacter (before, begin);
    while (end < shorter - begin && before[before.size() - 1 - end] == after[after.size() - 1 - end])
        ++end;
    while (end > 0 && ((unsigned char) before[before.size() - end] & 0xc0u) == 0x80u) // within a character
        --end;
    return { begin, before.substr (begin, before.size() - end - begin),
             after.substr (begin, after.size() - end - begin),
             (std::size_t) std::count (before.begin(), before.begin() + (std::ptrdiff_t) begin, '\n') };
}

/** All of them, as far as a tip has room. */
juce::String tipOf (const std::vector<std::string>& notes)
{
    constexpr std::size_t most = 12;
    std::string text;
    for (std::size_t i = 0; i < std::min (most, notes.size()); ++i)
        text += (i == 0 ? "" : "\n") + notes[i];
    if (notes.size() > most)
        text += "\nand " + std::to_string (notes.size() - most) + " more: press Notes";
    return textOf (text);
}

void setUp (juce::Label& label, const juce::String& text, const juce::Font& font, juce::Colour colour)
{
    label.setText (text, juce::dontSendNotification);
    label.setFont (font);
    label.setColour (juce::Label::textColourId, colour);
    label.setBorderSize ({});
    label.setMinimumHorizontalScale (0.8f);
}
} // namespace

PluginEditor::PluginEditor (PluginProcessor& plugin)
    : AudioProcessorEditor (plugin)
    , processor (plugin)
    , workspace (plugin.workspace)
    , transport (plugin.transport)
    , isApp (plugin.wrapperType == juce::AudioProcessor::wrapperType_Standalone)
    , engineOperator ({ workspace.engineOptions() })
    , side (engineOperator)
{
    setLookAndFeel (&theme);
    setUp (title, "TableRead", Theme::font (20.0f, true), Theme::text);
    setUp (status, {}, Theme::font (14.0f), Theme::dim);
    setUp (clock, {}, Theme::font (15.0f), Theme::text);
    clock.setJustificationType (juce::Justification::centredRight);
    connectScript();
    connectLines();
    connectSide();
    connectTimeline();
    connectSelection();

    renderButton.onClick = [this] { renderOrStop(); };
    menuButton.onClick = [this] { openMenu(); };
    discardButton.onClick = [this] { workspace.discard(); };
    discardButton.setTooltip (
        "The host keeps what could not be opened until you discard it, and nothing can be edited");
    discardButton.setColour (juce::TextButton::buttonColourId, Theme::bad);

    for (auto* part : std::initializer_list<juce::Component*> {
             &title, &filterButton, &menuButton, &script, &side, &timeline, &status, &clock, &renderButton })
        addAndMakeVisible (part);
    addChildComponent (discardButton);
    addChildComponent (notes);
    addChildComponent (empty);
    addChildComponent (lines);
    clock.setVisible (! isApp); // which has one above

    setResizable (true, true);
    setResizeLimits (leastWidth, leastHeight, 3840, 2160);
    resizableCorner->setTitle ("Size of the window");
    setSize (1100, 720);
    refresh();
    startTimerHz (30);
}

PluginEditor::~PluginEditor()
{
    script.setMarks (nullptr);
    setLookAndFeel (nullptr);
}

void PluginEditor::paint (juce::Graphics& g)
{
    g.fillAll (Theme::background);
    const auto bar = progressBar();
    if (isRendering)
    {
        g.setColour (Theme::line);
        g.fillRect (bar);
        g.setColour (Theme::accent);
        g.fillRect (bar.withWidth ((int) (bar.getWidth() * progress)));
    }
}

juce::Rectangle<int> PluginEditor::progressBar() const
{
    return { 0, status.getY() - 12, getWidth(), 3 };
}

void PluginEditor::resized()
{
    constexpr int gap = 12, barHeight = 30, footerHeight = 34;
    auto area = getLocalBounds().reduced (margin);
    auto header = area.removeFromTop (barHeight);
    menuButton.setBounds (header.removeFromRight (barHeight));
    filterButton.setBounds (header.removeFromRight (barHeight));
    title.setBounds (header);
    area.removeFromTop (gap / 2);

    auto footer = area.removeFromBottom (footerHeight);
    renderButton.setBounds (footer.removeFromRight (110));
    footer.removeFromRight (gap);
    if (! isApp)
        clock.setBounds (footer.removeFromRight (140).withTrimmedRight (gap));
    if (notes.isVisible())
        notes.setBounds (footer.removeFromRight (70).withTrimmedRight (gap / 2));
    status.setBounds (footer);
    area.removeFromBottom (gap + 4);
    constexpr int lowWindow = 480; // the panels need more than what is above the timeline
    const bool isLow = area.getHeight() < lowWindow;
    const auto placeTimeline = [&] {
        timeline.setBounds (area.removeFromBottom (juce::jlimit (140, 700, area.getHeight() * 2 / 5)));
        area.removeFromBottom (gap);
    };
    if (! isLow)
        placeTimeline();
    side.setBounds (area.removeFromRight (juce::jlimit (290, 520, area.getWidth() * 38 / 100)));
    area.removeFromRight (margin);
    if (isLow)
        placeTimeline();
    script.setBounds (area);
    empty.setBounds (area);
    lines.setBounds (area);
    discardButton.setBounds (area.withSizeKeepingCentre (std::min (area.getWidth(), 240), footerHeight));
}

void PluginEditor::refresh()
{
    now = workspace.showing();
    if (std::exchange (shownLoads, workspace.loads()) != workspace.loads())
        showProject();
    if (now.isScriptRead && now.document != shownDocument)
        showDocument();
    side.cast.show (now.document, now.voices, now.missingVoices);
    side.bounce.show (now.document, now.bounced);
    if (marks.follow (now.view))
    {
        script.statesChanged();
        if (lines.isVisible())
            lines.show (now.document, marks);
    }
    showPlayback();
    showSelection();
    empty.setVisible (! now.isReadOnly && script.state().buffer().isEmpty());
    showStatus();
}

void PluginEditor::showPlayback()
{
    const auto at = transport.current();
    const auto seconds = (double) at.sample.value / transport.rate();
    timeline.show ({ .document = now.document,
                     .view = now.view,
                     .playhead = seconds,
                     .isPlaying = at.isPlaying,
                     .music = processor.music(),
                     .loop = loop() });
    clock.setText (clockText (seconds), juce::dontSendNotification);

    std::optional<std::uint64_t> sounding;
    const auto position = (std::int64_t) (seconds * (double) modelSampleRateHz);
    for (const auto& part : now.view->parts)
        if (at.isPlaying && part.take != nullptr && part.place.isSettled() &&
            position >= part.place.start.value &&
            position < part.place.start.value + part.take->audio().rendered())
            sounding = part.line;
    if (marks.light (sounding))
        script.marksChanged();
}

/** As it is shown; empty: none was set. */
std::optional<LoopRange> PluginEditor::loop() const
{
    const auto [from, to, isOn] = transport.loop();
    return to > from ? std::optional (LoopRange { from, to, isOn }) : std::nullopt;
}

/** Another project. */
void PluginEditor::showProject()
{
    shownScript = now.document->script;
    script.setText (*shownScript);
    shownDocument = nullptr;
    visited = Place::Script;
    chosenInList.clear();
    problem.reset();
}

void PluginEditor::typed (const TextEdit& edit)
{
    marks.edited (edit);
    if (isFollowing)
        return;
    workspace.setScript (script.text());
    problem.reset();
}

/** The project's document as it is now. */
void PluginEditor::showDocument()
{
    const auto& document = *now.document;
    shownDocument = now.document;
    if (std::exchange (program, document.settings.engine) != document.settings.engine)
        engineOperator.setProgram (program);
    if (std::exchange (shownScript, document.script) != document.script)
        if (const auto before = script.text(); before != *document.script && ! now.isScriptRefused)
        {
            const juce::ScopedValueSetter<bool> setter (isFollowing, true);
            if (! script.apply (changeOf (before, *document.script)))
                script.setText (*document.script);
            selectedRows = script.selectedRows(); // moved, but not by the user
        }
    side.seed.show (document.settings.seed);
    marks.show (document, script.state().buffer().lineCount());
    script.setSpeakers (project::speakersOf (document));
    if (lines.isVisible())
        lines.show (now.document, marks);
    script.marksChanged();
}

Result<void> PluginEditor::edit (const project::Edit& edit)
{
    problem.reset();
    auto done = workspace.edit (edit);
    refresh();
    return done;
}

/** They stay selected. */
void PluginEditor::moveLines (
    const std::function<std::optional<project::MoveLines> (const project::Document&)>& moved)
{
    workspace.readTyped(); // the rows are those of the text
    refresh();
    if (now.isScriptRefused)
        return;
    const auto move = moved (*now.document);
    if (! move)
        return;
    report (edit (*move));
    if (const auto rows = rowsOf (*now.document, move->lines); rows && ! problem)
        script.selectRows (*rows);
}

void PluginEditor::report (const Result<void>& done)
{
    problem = done ? std::nullopt : std::optional (done.error());
}

void PluginEditor::setSeed (std::uint64_t number)
{
    auto settings = now.document->settings;
    settings.seed = number;
    report (edit (project::SetSettings { std::move (settings) }));
}

/** As a host's automation would: it is a parameter. */
void PluginEditor::setWait (project::RenderWait wait)
{
    for (auto* const each : processor.getParameters())
        if (auto* const choice = dynamic_cast<juce::AudioParameterChoice*> (each);
            choice != nullptr && choice->paramID == "wait")
        {
            choice->beginChangeGesture();
            *choice = (int) wait;
            choice->endChangeGesture();
        }
    processor.poll();
    refresh();
}

void PluginEditor::setEngine (std::filesystem::path chosen)
{
    auto settings = now.document->settings;
    settings.engine = std::move (chosen);
    report (edit (project::SetSettings { std::move (settings) }));
}

Result<void> PluginEditor::saveCast (const std::filesystem::path& file)
{
    return project::writeCast (file, side.cast.state().toFile());
}

Result<void> PluginEditor::loadCast (const std::filesystem::path& file)
{
    const auto read = project::readCast (file);
    if (! read)
        return tl::unexpected (read.error());
    auto done = edit (CastModel::fromFile (*read));
    workspace.lookForRecordings(); // which may have been moved since the cast was saved
    if (done && ! read->notes.empty())
        problem = Error { ErrorCode::InvalidInput, read->notes.front(), {} };
    return done;
}

/** None: nothing more is to be heard by itself. */
void PluginEditor::hear (project::TakeId take)
{
    problem.reset();
    if (take == project::TakeId {})
        workspace.audition().stop();
    else
        report (workspace.audition().play (take));
}

/** Once more: it is enough. */
void PluginEditor::hear (project::LineId line)
{
    auto& audition = workspace.audition();
    problem.reset();
    if (audition.currentLine() == line)
        audition.stop();
    else
        report (audition.playLine (line));
}

void PluginEditor::retry (std::uint64_t line)
{
    problem.reset();
    workspace.player().stage().retry (line);
}

void PluginEditor::undo()
{
    problem.reset();
    workspace.undo();
    refresh();
}

void PluginEditor::redo()
{
    problem.reset();
    workspace.redo();
    refresh();
}

bool PluginEditor::keyPressed (const juce::KeyPress& key)
{
    constexpr auto command = juce::ModifierKeys::commandModifier, shift = juce::ModifierKeys::shiftModifier;
    if (key == juce::KeyPress ('z', command, 0))
        undo();
    else if (key == juce::KeyPress ('z', command | shift, 0) || key == juce::KeyPress ('y', command, 0))
        redo();
    else if (key == juce::KeyPress ('f', command | shift, 0))
        showLines (true);
    else if (key == juce::KeyPress::tabKey && getCurrentlyFocusedComponent() == nullptr)
        script.grabKeyboardFocus(); // nothing has the keyboard: JUCE would not know where to begin
    else
        return false;
    return true;
}

void PluginEditor::showStatus()
{
    soundDrag.poll();
    if (auto why = soundDrag.takeProblem())
        problem = std::move (why);
    auto said = describe (now, problem);
    if (const auto words = soundDrag.words(); ! words.empty())
        said = { words, false, said.progress };
    status.setText (juce::String::fromUTF8 (said.text.c_str()), juce::dontSendNotification);
    if (notes.show (allNotes (said, now)))
        resized();
    status.setTooltip (tipOf (notes.notes()));
    status.setColour (juce::Label::textColourId, said.isProblem ? Theme::bad : Theme::dim);
    const bool rendering = now.isRendering();
    if (said.progress != progress || rendering != isRendering)
        repaint (progressBar());
    progress = said.progress;
    isRendering = rendering;
    discardButton.setVisible (now.isReadOnly);
    script.setEnabled (! now.isReadOnly);
    timeline.setEnabled (! now.isReadOnly);
    renderButton.setEnabled (! now.isReadOnly);
    side.setReadOnly (now.isReadOnly);
    renderButton.setButtonText (isRendering ? "Stop" : "Render");
    renderButton.setColour (juce::TextButton::buttonColourId, isRendering ? Theme::line : Theme::accent);
    renderButton.setColour (juce::TextButton::textColourOffId, isRendering ? Theme::text : Theme::background);
    showEngine (now.link);
}

void PluginEditor::showEngine (const LinkStatus& link)
{
    const bool isInSafeMode = link.safeMode.has_value();
    side.setEngineState (isInSafeMode         ? juce::String ("Safe mode")
                         : link.model.empty() ? juce::String ("Engine")
                                              : juce::String::fromUTF8 (("Engine: " + link.model).c_str()),
                         isInSafeMode);
}

void PluginEditor::renderOrStop()
{
    problem.reset();
    if (isRendering)
        workspace.stop();
    else
        report (workspace.render());
}

void PluginEditor::openMenu()
{
    const auto undoName = workspace.project().undoName(), redoName = workspace.project().redoName();
    const auto chosen = now.document->settings.engine;
    juce::PopupMenu menu;
    menu.addItem (textOf (withName ("Undo", undoName)), ! undoName.empty(), false, [this] { undo(); });
    menu.addItem (textOf (withName ("Redo", redoName)), ! redoName.empty(), false, [this] { redo(); });
    menu.addSectionHeader ("The sound of the takes");
    menu.addItem ("Save it in the project too", ! now.isReadOnly, workspace.isCollected(),
                  [this] { workspace.setCollected (! workspace.isCollected()); });
    menu.addSectionHeader ("The program that speaks");
    menu.addItem ("Find it automatically", true, chosen.empty(), [this] { setEngine ({}); });
    if (! chosen.empty())
        menu.addItem (juce::String::fromUTF8 (chosen.c_str()), true, true, [] {});
    menu.addItem (juce::String::fromUTF8 ("Choose it\u2026"), [this] { chooseEngine(); });
    menu.showMenuAsync (juce::PopupMenu::Options().withTargetComponent (menuButton));
}

void PluginEditor::tryAgain (bool withEmbeddedModel)
{
    report (workspace.tryAgain (withEmbeddedModel));
}

void PluginEditor::chooseEngine()
{
    const juce::File current (juce::String::fromUTF8 (now.document->settings.engine.c_str()));
    chooser = std::make_unique<juce::FileChooser> (
        "The program that speaks: tableread-engine",
        current.existsAsFile() ? current : startFolder (current.getParentDirectory()));
    const auto oneFile = juce::FileBrowserComponent::openMode | juce::FileBrowserComponent::canSelectFiles;
    chooser->launchAsync (oneFile, [this] (const juce::FileChooser& result) {
        if (result.getResult() != juce::File())
            setEngine (result.getResult().getFullPathName().toStdString());
    });
}
} // namespace tableread::plugin
