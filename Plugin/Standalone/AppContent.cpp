// SPDX-License-Identifier: GPL-3.0-or-later
#include "Standalone/AppContent.h"

#include <algorithm>
#include <utility>

#include "Editor/Look/Theme.h"
#include "Editor/StatusText.h"
#include "Project/File/Voices.h"
#include "Project/Lookup.h"
#include "Standalone/Files/DroppedVoices.h"
#include "Standalone/Words.h"

namespace tableread::plugin
{
namespace
{
juce::KeyPress ctrl (int key, int more = 0)
{
    return { key, juce::ModifierKeys::commandModifier | more, 0 };
}

std::function<juce::String()> always (const char* name)
{
    return [text = juce::String::fromUTF8 (name)] { return text; };
}
} // namespace

AppContent::AppContent (PluginProcessor& played, Dialogs& user, const Documents::Options& places,
                        Window around)
    : processor (played)
    , dialogs (user)
    , window (std::move (around))
    , files (project, user, places)
    , transport (played.transport)
    , commands (entries())
    , menu (commands, { .recent = files.recentFiles(),
                        .open = [this] (const auto& file) { files.open (file); },
                        .scale = window.scale,
                        .setScale = window.setScale })
    , menuBar (&menu)
    , editor (dynamic_cast<PluginEditor*> (played.createEditorIfNeeded()))
{
    files.onTitle = [this] { window.setTitle (words (files.title()) + " - TableRead"); };
    transport.end = [this]() -> std::optional<double> {
        const auto now = processor.workspace.showing();
        if (now.isRendering() || now.view->parts.empty())
            return {};
        return (double) now.view->end.value / (double) modelSampleRateHz;
    };
    transport.length = [this] {
        return (double) processor.workspace.player().stage().view()->end.value / (double) modelSampleRateHz;
    };
    transport.onPlayOrStop = [this] { playOrStop(); };
    transport.onNoDevice = [this] { hasNoDevice = true; };
    transport.onPlaying = [this] {
        hasNoDevice = hasNoDevice && ! transport.isPlaying();
        commands.update();
    };
    menuBar.setTitle ("Menus");
    menuBar.setLookAndFeel (&menuLook);
    menuBar.setColour (juce::TextButton::buttonOnColourId, Theme::line);
    notice.setFont (Theme::font (14.0f));
    notice.setColour (juce::Label::textColourId, Theme::bad);
    editor->setResizable (true, false); // the window has a corner
    for (auto* part : std::initializer_list<juce::Component*> { &menuBar, &transport, &notice, editor.get() })
        addAndMakeVisible (part);
    setSize (editor->getWidth(), editor->getHeight() + barHeight);
    files.onTitle();
    constexpr int watchHz = 10;
    startTimerHz (watchHz);
}

AppContent::~AppContent()
{
    menuBar.setLookAndFeel (nullptr);
    processor.editorBeingDeleted (editor.get());
}

std::vector<Commands::Entry> AppContent::entries()
{
    using Key = juce::KeyPress;
    constexpr int shift = juce::ModifierKeys::shiftModifier;
    return { { Command::New, always ("New"), { ctrl ('n') }, [this] { files.startNew(); } },
             { Command::Open, always ("Open\u2026"), { ctrl ('o') }, [this] { files.openChosen(); } },
             { Command::Save, always ("Save"), { ctrl ('s') }, [this] { files.save(); } },
             { Command::SaveAs, always ("Save As\u2026"), { ctrl ('s', shift) }, [this] { files.saveAs(); } },
             { Command::AudioSettings,
               always ("Audio Settings\u2026"),
               { ctrl (',') },
               [this] { window.showAudioSettings(); } },
             { Command::Quit, always ("Quit"), { ctrl ('q') }, [this] { window.quit(); } },
             { Command::Undo,
               [this] { return words (withName ("Undo", processor.workspace.project().undoName())); },
               { ctrl ('z') },
               [this] { editor->undo(); },
               [this] { return ! processor.workspace.project().undoName().empty(); } },
             { Command::Redo,
               [this] { return words (withName ("Redo", processor.workspace.project().redoName())); },
               { ctrl ('z', shift), ctrl ('y') },
               [this] { editor->redo(); },
               [this] { return ! processor.workspace.project().redoName().empty(); } },
             { Command::PlayOrStop,
               [this] { return juce::String (transport.isPlaying() ? "Stop" : "Play"); },
               { Key (Key::spaceKey) },
               [this] { playOrStop(); } },
             { Command::ReturnToStart,
               always ("Return to Start"),
               { Key (Key::homeKey) },
               [this] { transport.returnToStart(); } },
             { Command::Loop,
               always ("Loop"),
               { Key ('l') },
               [this] {
                   transport.toggleLoop();
                   commands.update();
               },
               [] { return true; },
               [this] { return processor.transport.loop().isOn; } },
             { Command::OpenMenus, always ("Open the Menus"), { Key (Key::F10Key) }, [this] {
                  menuBar.showMenu (0);
              } } };
}

void AppContent::playOrStop()
{
    const auto& document = *processor.workspace.document();
    if (! transport.isPlaying() && ! document.lines.empty() && ! document.settings.host.rendersAhead)
        if (const auto begun = processor.workspace.render(); ! begun)
            dialogs.tell ("Not rendered", begun.error().text());
    transport.playOrStop();
}

void AppContent::refresh()
{
    files.changed();
    const auto& played = processor.workspace.project();
    auto undo = played.undoName(), redo = played.redoName();
    if (undo != std::exchange (shownUndo, undo) || redo != std::exchange (shownRedo, redo))
        commands.update();
    const auto problem = files.autosaveProblem();
    const auto text = problem ? words (problem->text())
                      : hasNoDevice
                          ? juce::String::fromUTF8 ("No audio device is running. Choose one in File, "
                                                    "Audio Settings\u2026")
                          : juce::String();
    notice.setText (text, juce::dontSendNotification);
    notice.setTooltip (text);
}

void AppContent::paint (juce::Graphics& g)
{
    g.fillAll (Theme::panel);
}

void AppContent::paintOverChildren (juce::Graphics& g)
{
    if (! isDraggedOver)
        return;
    g.setColour (Theme::accent);
    g.drawRect (getLocalBounds(), 3);
}

void AppContent::resized()
{
    auto area = getLocalBounds();
    auto bar = area.removeFromTop (barHeight).reduced (6, 4);
    menuBar.setBounds (bar.removeFromLeft (260));
    transport.setBounds (bar.removeFromRight (232));
    notice.setBounds (bar.reduced (8, 0));
    editor->setBounds (area);
}

void AppContent::showDrag (bool isOver)
{
    isDraggedOver = isOver;
    repaint();
}

void AppContent::filesDropped (const juce::StringArray& names, int, int)
{
    showDrag (false);
    std::vector<std::filesystem::path> recordings, others;
    for (const auto& name : names)
    {
        const std::filesystem::path file (name.toStdString());
        (project::isSound (file) ? recordings : others).push_back (file);
    }
    if (! recordings.empty())
        dropRecordings (recordings);
    else if (! others.empty())
        files.open (others.front());
}

void AppContent::dropRecordings (const std::vector<std::filesystem::path>& recordings)
{
    const auto document = processor.workspace.document();
    if (document->lines.empty())
        return dialogs.tell ("Nobody speaks yet", "Type or open a script first. Then drop recordings for its "
                                                  "speakers.");
    const auto dropped = DroppedVoices::of (*document, recordings);
    for (const auto& one : dropped.edits)
        edit (one);
    if (! dropped.others.empty())
        askWhose (dropped.others.front());
}

void AppContent::askWhose (const std::filesystem::path& recording)
{
    juce::PopupMenu whose;
    whose.addSectionHeader (words (recording.filename().string()) + " is the voice of");
    for (const auto& speaker : project::speakersOf (*processor.workspace.document()))
        whose.addItem (words (speaker), [shown = juce::Component::SafePointer (this), speaker, recording] {
            if (shown != nullptr)
                shown->edit (voiceFor (*shown->processor.workspace.document(), speaker, recording));
        });
    whose.showMenuAsync (juce::PopupMenu::Options().withMousePosition());
}

void AppContent::edit (const project::Edit& edit)
{
    if (const auto edited = processor.workspace.edit (edit); ! edited)
        dialogs.tell ("Not changed", edited.error().text());
}
} // namespace tableread::plugin
