// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/PluginEditor.h"

#include <utility>

#include "Core/Seed.h"
#include "Editor/Text/Utf8.h"
#include "Processor/PluginProcessor.h"
#include "Project/Lookup.h"

namespace tableread::plugin
{
namespace
{
constexpr int margin = 14;

/** The voice of each speaker, in the order of their first lines. */
std::vector<CastMember> castOf (const project::Document& document)
{
    std::vector<CastMember> cast;
    for (auto& speaker : project::speakersOf (document))
    {
        const auto* const member = project::memberOf (document, speaker);
        const bool hasVoice = member != nullptr && ! member->moods.empty();
        cast.push_back ({ std::move (speaker), hasVoice ? member->moods.front().voice : VoiceReference {} });
    }
    return cast;
}

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

/** The full text that the status line may have cut off. */
juce::String tipText (const Status& status, const std::vector<std::string>& notes)
{
    auto text = status.isProblem ? status.text : std::string();
    for (const auto& note : notes)
        text += (text.empty() ? "" : "\n") + note;
    return juce::String::fromUTF8 (text.c_str());
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
    , workspace (plugin.workspace)
    , transport (plugin.transport)
    , isApp (plugin.wrapperType == juce::AudioProcessor::wrapperType_Standalone)
{
    setLookAndFeel (&theme);
    setUp (title, "TableRead", Theme::font (20.0f, true), Theme::text);
    setUp (scriptTitle, "SCRIPT", Theme::font (12.0f, true), Theme::dim);
    setUp (castTitle, "CAST", Theme::font (12.0f, true), Theme::dim);
    setUp (seedTitle, "Seed", Theme::font (14.0f), Theme::dim);
    setUp (status, {}, Theme::font (14.0f), Theme::dim);
    setUp (clock, {}, Theme::font (15.0f), Theme::text);
    clock.setJustificationType (juce::Justification::centredRight);

    script.setMarks (&marks);
    script.onEdit = [this] (const TextEdit& edit) { edited (edit); };
    script.onUndo = [this] {
        workspace.undo();
        refresh();
    };
    script.onRedo = [this] {
        workspace.redo();
        refresh();
    };
    marks.onRetry = [this] (std::uint64_t line) { workspace.player().stage().retry (line); };
    seed.setInputRestrictions (20, "0123456789");
    seed.setFont (Theme::font (15.0f));
    seed.setIndents (8, 5);
    seed.setTooltip ("Another seed gives another performance of the same script");
    seed.onTextChange = [this] { seedTyped(); };

    cast.onChoice = [this] (const std::string& speaker, const VoiceReference& voice) {
        setVoice (speaker, voice);
    };
    renderButton.onClick = [this] { renderOrStop(); };
    engineButton.onClick = [this] { openEngineMenu(); };
    shuffleButton.onClick = [this] { shuffleSeed(); };
    shuffleButton.setTooltip (seed.getTooltip());
    discardButton.onClick = [this] { workspace.discard(); };
    discardButton.setTooltip (
        "The host keeps what could not be opened until you discard it, and nothing can be edited");
    discardButton.setColour (juce::TextButton::buttonColourId, Theme::bad);
    addChildComponent (discardButton);
    engineButton.setColour (juce::TextButton::buttonColourId, Theme::panel);
    engineButton.setColour (juce::TextButton::textColourOffId, Theme::dim);
    engineButton.setTooltip ("The program that speaks: which one is in use, and where it is");
    if (isApp)
        waveform.onLocate = [this] (double seconds) {
            transport.locate ({ (std::int64_t) (seconds * transport.rate()) });
        };

    for (auto* part : std::initializer_list<juce::Component*> {
             &title, &scriptTitle, &castTitle, &seedTitle, &status, &clock, &script, &seed, &cast, &waveform,
             &renderButton, &engineButton, &shuffleButton })
        addAndMakeVisible (part);
    addChildComponent (empty);
    clock.setVisible (! isApp); // which has one above

    setResizable (true, true);
    setResizeLimits (leastWidth, leastHeight, 3840, 2160);
    setSize (920, 620);
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
    const auto bar = juce::Rectangle<int> (0, status.getY() - 12, getWidth(), 3);
    if (isRendering)
    {
        g.setColour (Theme::line);
        g.fillRect (bar);
        g.setColour (Theme::accent);
        g.fillRect (bar.withWidth ((int) (bar.getWidth() * progress)));
    }
}

void PluginEditor::resized()
{
    auto area = getLocalBounds().reduced (margin);
    auto header = area.removeFromTop (30);
    engineButton.setBounds (header.removeFromRight (210));
    title.setBounds (header);
    area.removeFromTop (8);

    auto footer = area.removeFromBottom (34);
    renderButton.setBounds (footer.removeFromRight (110));
    footer.removeFromRight (8);
    if (! isApp)
        clock.setBounds (footer.removeFromRight (140).withTrimmedRight (8));
    status.setBounds (footer);
    area.removeFromBottom (16);
    waveform.setBounds (area.removeFromBottom (juce::jlimit (110, 240, area.getHeight() / 3)));
    area.removeFromBottom (12);

    auto side = area.removeFromRight (juce::jlimit (250, 400, area.getWidth() * 36 / 100));
    area.removeFromRight (margin);
    scriptTitle.setBounds (area.removeFromTop (20));
    script.setBounds (area);
    empty.setBounds (area);
    discardButton.setBounds (area.withSizeKeepingCentre (std::min (area.getWidth(), 240), 34));
    castTitle.setBounds (side.removeFromTop (20));
    auto seedRow = side.removeFromBottom (30);
    seedTitle.setBounds (seedRow.removeFromLeft (48));
    seed.setBounds (seedRow.removeFromLeft (120));
    seedRow.removeFromLeft (8);
    shuffleButton.setBounds (seedRow.removeFromLeft (80));
    side.removeFromBottom (8);
    cast.setBounds (side);
}

void PluginEditor::refresh()
{
    now = workspace.showing();
    if (std::exchange (shownLoads, workspace.loads()) != workspace.loads())
        showProject();
    if (now.isScriptRead && now.document != shownDocument)
        showScript();
    if (now.voices != shownVoices)
        showCast();
    if (marks.follow (now.view))
        script.marksChanged();
    showPlayback();
    empty.setVisible (! now.isReadOnly && script.state().buffer().isEmpty());
    showStatus();
}

void PluginEditor::showPlayback()
{
    const auto at = transport.current();
    const auto seconds = (double) at.sample.value / transport.rate();
    waveform.show (*now.view, marks, seconds);
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

/** Another project. */
void PluginEditor::showProject()
{
    shownScript = now.document->script;
    script.setText (*shownScript);
    shownDocument = nullptr;
    problem.reset();
}

void PluginEditor::edited (const TextEdit& edit)
{
    marks.edited (edit);
    if (isFollowing)
        return;
    workspace.setScript (script.text());
    problem.reset();
}

/** The project's document as it is now. */
void PluginEditor::showScript()
{
    const auto& document = *now.document;
    shownDocument = now.document;
    if (std::exchange (shownScript, document.script) != document.script)
        if (const auto before = script.text(); before != *document.script && ! now.isScriptRefused)
        {
            const juce::ScopedValueSetter<bool> setter (isFollowing, true);
            if (! script.apply (changeOf (before, *document.script)))
                script.setText (*document.script);
        }
    if (! seed.hasKeyboardFocus (true))
        seed.setText (juce::String (document.settings.seed), false);
    marks.show (document, script.state().buffer().lineCount());
    script.setSpeakers (project::speakersOf (document));
    script.marksChanged();
    showCast();
}

void PluginEditor::showCast()
{
    shownVoices = now.voices;
    cast.show (castOf (*now.document), shownVoices);
}

void PluginEditor::edit (const project::Edit& edit)
{
    const auto done = workspace.edit (edit);
    problem = done ? std::nullopt : std::optional (done.error());
    refresh();
}

void PluginEditor::setVoice (const std::string& speaker, const VoiceReference& voice)
{
    project::Member member;
    if (const auto* const known = project::memberOf (*now.document, speaker))
        member = *known;
    member.speaker = speaker;
    member.isChosen = true;
    if (member.moods.empty())
        member.moods.emplace_back();
    member.moods.front() = { member.moods.front().direction, voice, {}, {} };
    edit (project::SetMember { std::move (member) });
}

void PluginEditor::setSeed (std::uint64_t number)
{
    auto settings = now.document->settings;
    settings.seed = number;
    edit (project::SetSettings { std::move (settings) });
}

void PluginEditor::setEngine (std::filesystem::path program)
{
    auto settings = now.document->settings;
    settings.engine = std::move (program);
    edit (project::SetSettings { std::move (settings) });
}

bool PluginEditor::keyPressed (const juce::KeyPress& key)
{
    if (key != juce::KeyPress::tabKey || getCurrentlyFocusedComponent() != nullptr)
        return false;
    script.grabKeyboardFocus(); // nothing has the keyboard: JUCE would not know where to begin
    return true;
}

void PluginEditor::showStatus()
{
    auto said = describe (now, problem);
    if (const auto missed = transport.missed.load();
        missed != std::exchange (shownMissed, missed) && ! said.isProblem)
        said.text += "  \u00b7  playback is ahead of the speech";
    status.setText (juce::String::fromUTF8 (said.text.c_str()), juce::dontSendNotification);
    status.setTooltip (tipText (said, now.notes));
    status.setColour (juce::Label::textColourId, said.isProblem ? Theme::bad : Theme::dim);
    const bool rendering = now.isRendering();
    if (said.progress != progress || rendering != isRendering)
        repaint();
    progress = said.progress;
    isRendering = rendering;
    discardButton.setVisible (now.isReadOnly);
    for (auto* part :
         std::initializer_list<juce::Component*> { &script, &cast, &seed, &shuffleButton, &renderButton })
        part->setEnabled (! now.isReadOnly);
    renderButton.setButtonText (isRendering ? "Stop" : "Render");
    renderButton.setColour (juce::TextButton::buttonColourId, isRendering ? Theme::line : Theme::accent);
    renderButton.setColour (juce::TextButton::textColourOffId, isRendering ? Theme::text : Theme::background);
    showEngine (now.link);
}

void PluginEditor::showEngine (const LinkStatus& link)
{
    isInSafeMode = link.safeMode.has_value();
    isEmbeddedOnly = link.isEmbeddedOnly;
    engineButton.setButtonText (isInSafeMode ? "Safe mode"
                                : link.model.empty()
                                    ? "Engine"
                                    : juce::String::fromUTF8 (("Model: " + link.model).c_str()));
    engineButton.setColour (juce::TextButton::textColourOffId, isInSafeMode ? Theme::bad : Theme::dim);
}

void PluginEditor::renderOrStop()
{
    problem.reset();
    if (isRendering)
        workspace.stop();
    else if (const auto begun = workspace.render(); ! begun)
        problem = begun.error();
}

void PluginEditor::seedTyped()
{
    problem.reset();
    const auto typed = seed.getText().toStdString();
    if (const auto number = parseSeed (typed.empty() ? "0" : typed))
        setSeed (*number);
    else
        problem = Error { ErrorCode::InvalidInput, "a seed is at most 18446744073709551615", {} };
}

void PluginEditor::shuffleSeed()
{
    const auto fresh = (std::uint64_t) juce::Random::getSystemRandom().nextInt (1'000'000);
    seed.setText (juce::String (fresh), false);
    setSeed (fresh);
}

void PluginEditor::openEngineMenu()
{
    const auto chosen = now.document->settings.engine;
    juce::PopupMenu menu;
    menu.setLookAndFeel (&theme);
    if (isInSafeMode)
    {
        menu.addSectionHeader ("It did not start");
        menu.addItem ("Try again", [this] { tryAgain (false); });
        menu.addItem ("Speak with the embedded model", [this] { tryAgain (true); });
    }
    else if (isEmbeddedOnly)
        menu.addItem ("Leave safe mode", [this] { tryAgain (false); });
    menu.addSectionHeader ("The program that speaks");
    menu.addItem ("Find it automatically", true, chosen.empty(), [this] { setEngine ({}); });
    if (! chosen.empty())
        menu.addItem (juce::String::fromUTF8 (chosen.c_str()), true, true, [] {});
    menu.addItem (juce::String::fromUTF8 ("Choose it\u2026"), [this] { chooseEngine(); });
    menu.showMenuAsync (juce::PopupMenu::Options().withTargetComponent (engineButton));
}

void PluginEditor::tryAgain (bool withEmbeddedModel)
{
    problem.reset();
    if (const auto begun = workspace.tryAgain (withEmbeddedModel); ! begun)
        problem = begun.error();
}

void PluginEditor::chooseEngine()
{
    chooser = std::make_unique<juce::FileChooser> (
        "tableread-engine", juce::File (juce::String::fromUTF8 (now.document->settings.engine.c_str())));
    const auto oneFile = juce::FileBrowserComponent::openMode | juce::FileBrowserComponent::canSelectFiles;
    chooser->launchAsync (oneFile, [this] (const juce::FileChooser& result) {
        if (result.getResult() != juce::File())
            setEngine (result.getResult().getFullPathName().toStdString());
    });
}
} // namespace tableread::plugin
