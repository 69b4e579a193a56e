// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/PluginEditor.h"

#include "Processor/PluginProcessor.h"

namespace tableread::plugin
{
namespace
{
constexpr int margin = 14;

void setUp (juce::Label& label, const juce::String& text, float height, juce::Colour colour,
            bool isBold = false)
{
    label.setText (text, juce::dontSendNotification);
    label.setFont (Theme::font (height, isBold));
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
    setUp (title, "TableRead", 20.0f, Theme::text, true);
    setUp (scriptTitle, "SCRIPT", 12.0f, Theme::dim, true);
    setUp (castTitle, "CAST", 12.0f, Theme::dim, true);
    setUp (seedTitle, "Seed", 14.0f, Theme::dim);
    setUp (status, {}, 14.0f, Theme::dim);
    setUp (clock, {}, 15.0f, Theme::text);
    clock.setJustificationType (juce::Justification::centredRight);

    script.setMultiLine (true, true);
    script.setReturnKeyStartsNewLine (true);
    script.setFont (Theme::font (16.0f));
    script.setLineSpacing (1.25f);
    script.setIndents (12, 10);
    script.setScrollbarsShown (true);
    script.setTextToShowWhenEmpty (juce::String::fromUTF8 ("Anna: Good evening.\nBen: You are late\u2026"),
                                   Theme::dim.withAlpha (0.6f));
    script.onTextChange = [this] {
        session.setScript (script.getText().toStdString());
        problem.reset();
        showScript();
    };
    seed.setInputRestrictions (19, "0123456789");
    seed.setFont (Theme::font (15.0f));
    seed.setIndents (8, 5);
    seed.setTooltip ("Another seed is another performance of the same script");
    seed.onTextChange = [this] { session.setSeed ((std::uint64_t) seed.getText().getLargeIntValue()); };

    cast.onChoice = [this] (const std::string& speaker, const protocol::VoiceReference& voice) {
        session.setVoice (speaker, voice);
        showScript();
    };
    renderButton.onClick = [this] { renderOrStop(); };
    playButton.onClick = [this] { playOrStop(); };
    engineButton.onClick = [this] { openEngineMenu(); };
    engineButton.setColour (juce::TextButton::buttonColourId, Theme::panel);
    engineButton.setColour (juce::TextButton::textColourOffId, Theme::dim);
    engineButton.setTooltip ("The program that speaks: which one is in use, and where it is");
    if (mode == Mode::Standalone)
        waveform.onLocate = [this] (double seconds) {
            transport.locate ({ (std::int64_t) (seconds * transport.rate()) });
        };

    for (auto* part : std::initializer_list<juce::Component*> { &title, &scriptTitle, &castTitle, &seedTitle,
                                                                &status, &clock, &script, &seed, &cast,
                                                                &waveform, &renderButton, &engineButton })
        addAndMakeVisible (part);
    addChildComponent (playButton);
    playButton.setVisible (mode == Mode::Standalone);

    setResizable (true, true);
    setResizeLimits (680, 460, 2400, 1600);
    setSize (920, 620);
    timerCallback();
    startTimerHz (30);
}

PluginEditor::~PluginEditor()
{
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
    seed.setBounds (seedRow.removeFromLeft (150));
    side.removeFromBottom (8);
    cast.setBounds (side);
}

void PluginEditor::timerCallback()
{
    if (shownLoads != session.loads())
        showState();
    const auto view = session.performance().view();
    const auto now = transport.current();
    waveform.show (view, (double) now.sample.value / transport.rate());
    clock.setText (clockText ((double) now.sample.value / transport.rate()), juce::dontSendNotification);
    playButton.setButtonText (now.isPlaying ? "Pause" : "Play");
    if (mode == Mode::Standalone)
        stopAtEnd (view);
    showStatus (view);
}

void PluginEditor::showState()
{
    shownLoads = session.loads();
    const auto state = session.state();
    script.setText (juce::String::fromUTF8 (state.script.c_str()), false);
    seed.setText (juce::String (state.seed), false);
    problem = session.loadProblem();
    showScript();
}

void PluginEditor::showScript()
{
    const auto reading = session.reading();
    cast.show (reading ? session.cast (reading->speakers) : std::vector<CastMember> {});
}

void PluginEditor::showStatus (const Performance::View& view)
{
    const auto now = describe (view, problem);
    status.setText (juce::String::fromUTF8 (now.text.c_str()), juce::dontSendNotification);
    status.setTooltip (now.isProblem ? status.getText() : juce::String());
    status.setColour (juce::Label::textColourId, now.isProblem ? Theme::bad : Theme::dim);
    if (now.progress != progress || view.isRendering != isRendering)
        repaint();
    progress = now.progress;
    isRendering = view.isRendering;
    renderButton.setButtonText (isRendering ? "Stop" : "Render");
    renderButton.setColour (juce::TextButton::buttonColourId, isRendering ? Theme::line : Theme::accent);
    renderButton.setColour (juce::TextButton::textColourOffId, isRendering ? Theme::text : Theme::background);
    engineButton.setButtonText (
        view.link.model.empty() ? "Engine" : juce::String::fromUTF8 (("Model: " + view.link.model).c_str()));
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

void PluginEditor::openEngineMenu()
{
    const auto chosen = session.state().engine;
    juce::PopupMenu menu;
    menu.addSectionHeader ("The program that speaks");
    menu.addItem ("Find it by itself", true, chosen.empty(), [this] { session.setEngine ({}); });
    if (! chosen.empty())
        menu.addItem (juce::String::fromUTF8 (chosen.c_str()), true, true, [] {});
    menu.addItem (juce::String::fromUTF8 ("Choose it\u2026"), [this] { chooseEngine(); });
    menu.showMenuAsync (juce::PopupMenu::Options().withTargetComponent (engineButton));
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
