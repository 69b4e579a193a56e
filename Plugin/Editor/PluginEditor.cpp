// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/PluginEditor.h"

#include <utility>

#include "Core/Seed.h"
#include "Processor/PluginProcessor.h"

namespace tableread::plugin
{
namespace
{
constexpr int margin = 14;

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
    , session (plugin.session)
    , transport (plugin.transport)
    , mode (plugin.wrapperType == juce::AudioProcessor::wrapperType_Standalone ? Mode::Standalone
                                                                               : Mode::Plugin)
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
    script.onUndo = [this] { redo (history.undo()); };
    script.onRedo = [this] { redo (history.redo()); };
    seed.setInputRestrictions (20, "0123456789");
    seed.setFont (Theme::font (15.0f));
    seed.setIndents (8, 5);
    seed.setTooltip ("Another seed gives another performance of the same script");
    seed.onTextChange = [this] { seedTyped(); };

    cast.onChoice = [this] (const std::string& speaker, const VoiceReference& voice) {
        session.setVoice (speaker, voice);
        showScript();
    };
    renderButton.onClick = [this] { renderOrStop(); };
    playButton.onClick = [this] { playOrStop(); };
    engineButton.onClick = [this] { openEngineMenu(); };
    shuffleButton.onClick = [this] { shuffleSeed(); };
    shuffleButton.setTooltip (seed.getTooltip());
    engineButton.setColour (juce::TextButton::buttonColourId, Theme::panel);
    engineButton.setColour (juce::TextButton::textColourOffId, Theme::dim);
    engineButton.setTooltip ("The program that speaks: which one is in use, and where it is");
    if (mode == Mode::Standalone)
        waveform.onLocate = [this] (double seconds) {
            transport.locate ({ (std::int64_t) (seconds * transport.rate()) });
        };

    for (auto* part : std::initializer_list<juce::Component*> {
             &title, &scriptTitle, &castTitle, &seedTitle, &status, &clock, &script, &seed, &cast, &waveform,
             &renderButton, &engineButton, &shuffleButton })
        addAndMakeVisible (part);
    addChildComponent (playButton);
    playButton.setVisible (mode == Mode::Standalone);

    setResizable (true, true);
    setResizeLimits (680, 460, 2400, 1600);
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
    if (mode == Mode::Standalone)
    {
        playButton.setBounds (footer.removeFromRight (90));
        footer.removeFromRight (8);
    }
    clock.setBounds (footer.removeFromRight (140).withTrimmedRight (8));
    status.setBounds (footer);
    area.removeFromBottom (16);
    waveform.setBounds (area.removeFromBottom (juce::jlimit (110, 240, area.getHeight() / 3)));
    area.removeFromBottom (12);

    auto side = area.removeFromRight (juce::jlimit (250, 400, area.getWidth() * 36 / 100));
    area.removeFromRight (margin);
    scriptTitle.setBounds (area.removeFromTop (20));
    script.setBounds (area);
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
    if (shownLoads != session.loads())
        showState();
    if (readingDue && juce::Time::getMillisecondCounterHiRes() >= *readingDue)
        showScript();
    if (shownVoices != session.ownVoices())
        showScript(); // an engine has reported which voices it really has
    const auto view = session.performance().view();
    showPlayback (view);
    if (mode == Mode::Standalone)
    {
        stopAtEnd (view);
        watchDevice();
    }
    showStatus (view);
}

void PluginEditor::showPlayback (const Performance::View& view)
{
    const auto now = transport.current();
    const auto seconds = (double) now.sample.value / transport.rate();
    waveform.show (view, seconds);
    clock.setText (clockText (seconds), juce::dontSendNotification);
    playButton.setButtonText (now.isPlaying ? "Pause" : "Play");

    std::optional<std::size_t> sounding;
    const auto position = (std::int64_t) (seconds * (double) modelSampleRateHz);
    for (std::size_t i = 0; i < view.passages.size() && now.isPlaying; ++i)
        if (const auto& passage = view.passages[i];
            passage.isPlaced && position >= passage.start.value &&
            position < passage.start.value + passage.take->audio().rendered())
            sounding = i;
    if (marks.light (sounding))
        script.marksChanged();
}

void PluginEditor::showState()
{
    shownLoads = session.loads();
    const auto state = session.state();
    history.clear();
    script.setText (state.script);
    seed.setText (juce::String (state.seed), false);
    problem = session.loadProblem();
    showScript();
}

void PluginEditor::edited (const TextEdit& edit)
{
    session.setScript (script.text());
    marks.edited (edit);
    if (! isRedoing)
        history.add (edit);
    problem.reset();
    // A long script is read when nothing was typed for a while, so that reading it does not hold up the keys.
    constexpr double patience = 4.0, quick = 5.0; // milliseconds
    readingDue =
        juce::Time::getMillisecondCounterHiRes() + (readingTime < quick ? 0.0 : patience * readingTime);
}

void PluginEditor::redo (const std::optional<TextEdit>& step)
{
    const juce::ScopedValueSetter<bool> setter (isRedoing, true);
    if (step)
        script.apply (*step);
}

bool PluginEditor::keyPressed (const juce::KeyPress& key)
{
    if (key != juce::KeyPress::tabKey || getCurrentlyFocusedComponent() != nullptr)
        return false;
    script.grabKeyboardFocus(); // nothing has the keyboard: JUCE would not know where to begin
    return true;
}

void PluginEditor::showScript()
{
    const auto begun = juce::Time::getMillisecondCounterHiRes();
    readingDue.reset();
    const auto reading = session.reading();
    shownVoices = session.ownVoices();
    cast.show (reading ? session.cast (reading->speakers) : std::vector<CastMember> {}, shownVoices);
    marks.show (reading ? *reading : Reading {}, script.state().buffer().lineCount());
    script.setSpeakers (reading ? reading->speakers : std::vector<std::string> {});
    script.marksChanged();
    notes = reading ? reading->notes : std::vector<std::string> {};
    readingTime = juce::Time::getMillisecondCounterHiRes() - begun;
}

void PluginEditor::showStatus (const Performance::View& view)
{
    auto now = describe (view, problem, notes);
    if (const auto missed = transport.missed.load();
        missed != std::exchange (shownMissed, missed) && ! now.isProblem)
        now.text += "  \u00b7  playback is ahead of the speech";
    status.setText (juce::String::fromUTF8 (now.text.c_str()), juce::dontSendNotification);
    status.setTooltip (now.isProblem || ! notes.empty() ? tipText (now, notes) : juce::String());
    status.setColour (juce::Label::textColourId, now.isProblem ? Theme::bad : Theme::dim);
    if (now.progress != progress || view.isRendering != isRendering)
        repaint();
    progress = now.progress;
    isRendering = view.isRendering;
    renderButton.setButtonText (isRendering ? "Stop" : "Render");
    renderButton.setColour (juce::TextButton::buttonColourId, isRendering ? Theme::line : Theme::accent);
    renderButton.setColour (juce::TextButton::textColourOffId, isRendering ? Theme::text : Theme::background);
    showEngine (view.link);
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
        session.stop();
    else if (const auto begun = session.render(); ! begun)
        problem = begun.error();
}

void PluginEditor::playOrStop()
{
    problem.reset();
    if (transport.current().isPlaying)
        transport.stop();
    else
        transport.play();
}

void PluginEditor::stopAtEnd (const Performance::View& view)
{
    if (view.isRendering || view.passages.empty() || ! transport.current().isPlaying)
        return;
    const auto end = (double) view.end.value / (double) modelSampleRateHz;
    if ((double) transport.current().sample.value < (end + 0.3) * transport.rate())
        return;
    transport.stop();
    transport.locate ({ 0 });
}

void PluginEditor::watchDevice()
{
    const auto now = transport.current();
    stillTicks = now.isPlaying && now.sample == lastPosition ? stillTicks + 1 : 0;
    lastPosition = now.sample;
    constexpr int patience = 45; // a second and a half
    if (stillTicks == patience)
    {
        transport.stop();
        problem = Error { ErrorCode::Io, "No audio device is running. Choose one under Options.", {} };
    }
}

void PluginEditor::seedTyped()
{
    problem.reset();
    const auto typed = seed.getText().toStdString();
    if (const auto number = parseSeed (typed.empty() ? "0" : typed))
        session.setSeed (*number);
    else
        problem = Error { ErrorCode::InvalidInput, "a seed is at most 18446744073709551615", {} };
}

void PluginEditor::shuffleSeed()
{
    const auto fresh = (std::uint64_t) juce::Random::getSystemRandom().nextInt (1'000'000);
    seed.setText (juce::String (fresh), false);
    session.setSeed (fresh);
}

void PluginEditor::openEngineMenu()
{
    const auto chosen = session.state().engine;
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
    menu.addItem ("Find it automatically", true, chosen.empty(), [this] { session.setEngine ({}); });
    if (! chosen.empty())
        menu.addItem (juce::String::fromUTF8 (chosen.c_str()), true, true, [] {});
    menu.addItem (juce::String::fromUTF8 ("Choose it\u2026"), [this] { chooseEngine(); });
    menu.showMenuAsync (juce::PopupMenu::Options().withTargetComponent (engineButton));
}

void PluginEditor::tryAgain (bool withEmbeddedModel)
{
    problem.reset();
    if (const auto begun = session.tryAgain (withEmbeddedModel); ! begun)
        problem = begun.error();
}

void PluginEditor::chooseEngine()
{
    chooser = std::make_unique<juce::FileChooser> (
        "tableread-engine", juce::File (juce::String::fromUTF8 (session.state().engine.c_str())));
    const auto oneFile = juce::FileBrowserComponent::openMode | juce::FileBrowserComponent::canSelectFiles;
    chooser->launchAsync (oneFile, [this] (const juce::FileChooser& result) {
        if (result.getResult() != juce::File())
            session.setEngine (result.getResult().getFullPathName().toStdString());
    });
}
} // namespace tableread::plugin
