// SPDX-License-Identifier: GPL-3.0-or-later
#include <functional>
#include <optional>
#include <utility>

#include <juce_audio_processors/juce_audio_processors.h>

#include "EmbeddedEditor.h"
#include "ForeignLv2.h"
#include "Plugin/HostedPlugin.h"
#include "Plugin/PluginEnvironment.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
constexpr unsigned long spaceKey = ' ', digit7 = '7'; // as X11 numbers them

/** Where things are in the editor at its first size; the same in each window. */
struct Places
{
    explicit Places (juce::AudioProcessorEditor& editor)
    {
        auto& shown = dynamic_cast<PluginEditor&> (editor);
        shown.refresh();
        const auto middleOf = [&] (juce::Component* part) {
            REQUIRE (part != nullptr);
            return editor.getLocalArea (part, part->getLocalBounds()).getCentre();
        };
        auto* const found = findShown<ScriptEditor> (editor);
        script = middleOf (found);
        scriptsFirstLine = editor.getLocalPoint (found, found->getCaretRectangleForCharIndex (0).getCentre());
        seed = middleOf (
            findShown<juce::TextEditor> (editor, [] (auto& each) { return each.getTitle() == "Seed"; }));
        const auto button = [&] (const char* text) {
            return middleOf (findShown<juce::TextButton> (
                editor, [&] (auto& each) { return each.getButtonText() == text; }));
        };
        timeline = middleOf (findShown<TimelineView> (editor));
        others = { { "Takes", button ("Takes") },
                   { "Cast", button ("Cast") },
                   { "the title", { editor.getWidth() / 2, 20 } },
                   { "the status line", { 100, editor.getHeight() - 25 } },
                   { "Follow", button ("Follow") },
                   { "the timeline", timeline } };
    }

    juce::Point<int> script, scriptsFirstLine, seed, timeline;
    std::vector<std::pair<std::string, juce::Point<int>>> others; // that leave script and seed as they are
};

/** A window of our own host, which counts the keys that come to it, also while JUCE's frame of a plugin has the keyboard. */
struct HostWindow : juce::Component, juce::KeyListener
{
    bool keyPressed (const juce::KeyPress& key, juce::Component*) override
    {
        spaces += key == juce::KeyPress::spaceKey ? 1 : 0;
        return true;
    }

    using juce::Component::keyPressed;
    int spaces = 0; // since they were asked for last
};

/** The environment of a plugin that is loaded from its file, and where things are in its editor. */
struct LoadedDesk
{
    LoadedDesk()
    {
        PluginProcessor twin (fixture.options());
        twin.workspace.load (sceneState());
        twin.workspace.settle();
        const std::unique_ptr<juce::AudioProcessorEditor> shown (twin.createEditor());
        places.emplace (*shown);
        width = shown->getWidth();
    }

    /** Clicks and types in the editor, which is at the screen's corner.
        @param now     the plugin's document
        @param spaces  how many the host has had since it was asked last */
    void checkTyping (const std::function<project::Document()>& now, const std::function<int()>& spaces) const
    {
        Screen::click (places->scriptsFirstLine);
        Screen::press ("Home");
        Screen::type ("x y");
        const auto typed = "x y" + std::string (scene);
        CHECK (*now().script == typed);
        Screen::click (places->seed);
        Screen::press ("ctrl+a");
        Screen::type ("42");
        Screen::press ("Return");
        CHECK (now().settings.seed == 42);
        CHECK (spaces() == 0);
        for (const auto& [name, place] : places->others)
        {
            CAPTURE (name);
            Screen::click (places->scriptsFirstLine);
            Screen::click (place);
            Screen::type ("7 ");
            CHECK (*now().script == typed);
            CHECK (now().settings.seed == 42);
            CHECK (spaces() == 1);
        }
        Screen::click (places->scriptsFirstLine);
        Screen::press ("Escape"); // leaves the script
        Screen::type (" ");
        CHECK (*now().script == typed);
        CHECK (spaces() == 1);
    }

    Screen screen;
    WindowJuce juce;
    PluginFixture fixture;
    PluginEnvironment environment { fixture.folder.path() };
    std::optional<Places> places;
    int width = 0;
};
} // namespace

TEST_CASE ("In a host's window what is typed lands in what was clicked last", "[plugin][keyboard][.slow]")
{
    EmbeddedEditor desk;
    const Places places (*desk.editor);
    const std::string before = scene;

    Screen::click (places.scriptsFirstLine);
    Screen::press ("Home");
    Screen::type ("x y");
    CHECK (desk.script() == "x y" + before);
    Screen::click (places.seed);
    Screen::press ("ctrl+a");
    Screen::type ("42");
    Screen::press ("Return");
    CHECK (desk.seed() == 42);
    CHECK (desk.script() == "x y" + before);
    CHECK (desk.host.keysPressed (spaceKey) == 0); // it was typed

    for (const auto& [name, place] : places.others)
    {
        CAPTURE (name);
        Screen::click (places.scriptsFirstLine);
        Screen::click (place);
        Screen::type ("7 ");
        CHECK (desk.script() == "x y" + before);
        CHECK (desk.seed() == 42);
        CHECK (desk.host.keysPressed (spaceKey) == 1); // whose space is its transport's
    }
    Screen::click (places.scriptsFirstLine);
    Screen::press ("Escape"); // leaves the script
    Screen::type (" ");
    CHECK (desk.script() == "x y" + before);
    CHECK (desk.host.keysPressed (spaceKey) == 1);
}

TEST_CASE ("Every text field lets go of the keyboard when something else is clicked",
           "[plugin][keyboard][.slow]")
{
    EmbeddedEditor desk;
    desk.editor->setSize (Screen::width - 20, Screen::height - 20);
    auto* const side = findShown<SidePanel> (*desk.editor);
    REQUIRE (side != nullptr);
    const juce::Point<int> title (desk.editor->getWidth() / 2, 20);
    int fields = 0;
    const auto isLeft = [&] (juce::TextEditor& field) {
        ++fields;
        CAPTURE (field.getTitle().toStdString());
        Screen::click (desk.editor->getLocalArea (&field, field.getLocalBounds()).getCentre());
        Screen::type ("7");
        const auto typed = field.getText();
        CHECK (typed.contains ("7"));
        Screen::click (title);
        Screen::type ("8 ");
        CHECK (field.getText() == typed);
        CHECK (desk.host.keysPressed (spaceKey) == 1);
    };
    for (const auto tab : { SidePanel::Tab::Cast, SidePanel::Tab::Engine })
    {
        side->show (tab);
        dispatchFor (std::chrono::milliseconds (200));
        const std::function<void (juce::Component&)> walk = [&] (juce::Component& in) {
            for (auto* const child : in.getChildren())
                if (auto* const field = dynamic_cast<juce::TextEditor*> (child);
                    field != nullptr && field->isShowing())
                {
                    field->grabKeyboardFocus(); // which scrolls to it
                    dispatchFor (std::chrono::milliseconds (100));
                    isLeft (*field);
                }
                else if (child->isVisible())
                    walk (*child);
        };
        walk (*desk.editor);
    }
    CHECK (fields >= 2); // the seed, the engine's model

    side->show (SidePanel::Tab::Cast);
    dispatchFor (std::chrono::milliseconds (200));
    auto* const gain = findShown<GainSlider> (*side);
    REQUIRE (gain != nullptr);
    Screen::click (desk.editor->getLocalArea (gain, gain->getLocalBounds()).getCentre());
    Screen::press ("ctrl+a");
    Screen::type ("-3");
    Screen::click (title);
    CHECK (gain->getValue() == Approx (-3.0));
    Screen::type ("9 ");
    CHECK (gain->getValue() == Approx (-3.0));
    CHECK (desk.host.keysPressed (spaceKey) == 1);
}

TEST_CASE ("A host that takes the keyboard at each click and hands keys on does not type into the script",
           "[plugin][keyboard][.slow]")
{
    EmbeddedEditor desk;
    const Places places (*desk.editor);
    Screen::click (places.scriptsFirstLine);
    for (const auto& [name, place] : places.others)
    {
        CAPTURE (name);
        Screen::click (places.scriptsFirstLine);
        Screen::click (place);
        desk.host.takeKeyboard();
        dispatchFor (std::chrono::milliseconds (100));
        for (const auto key : { spaceKey, digit7 })
            desk.host.forward (desk.window(), key);
        dispatchFor (std::chrono::milliseconds (200));
        CHECK (desk.script() == scene);
        CHECK (desk.host.keysPressed (spaceKey) == 0); // it has had them already
    }
    Screen::click (places.seed);
    desk.host.takeKeyboard();
    dispatchFor (std::chrono::milliseconds (100));
    desk.host.forward (desk.window(), digit7);
    dispatchFor (std::chrono::milliseconds (200));
    CHECK (desk.script() == scene);
}

TEST_CASE ("In our host, too, what is typed lands in what was clicked last", "[plugin][keyboard][.slow]")
{
    const LoadedDesk desk;
    HostedPlugin plugin ("VST3", TABLEREAD_VST3, 48'000.0, 512);
    plugin.load (sceneState());
    HostWindow window;
    const std::unique_ptr<juce::AudioProcessorEditor> editor (plugin->createEditorIfNeeded());
    REQUIRE (editor != nullptr);
    showIn (window, *editor);
    for (auto* const part : std::initializer_list<juce::Component*> { &window, editor.get() })
        part->addKeyListener (&window);
    dispatchFor (std::chrono::milliseconds (1500));
    CHECK (editor->getWidth() == desk.width);
    desk.checkTyping ([&] { return documentIn (plugin.save()); },
                      [&] { return std::exchange (window.spaces, 0); });
}

TEST_CASE ("In an LV2 host's window what is typed lands in what was clicked last",
           "[plugin][keyboard][.slow]")
{
    const LoadedDesk desk;
    ForeignWindow window (Screen::width, Screen::height);
    ForeignLv2 plugin (TABLEREAD_LV2, window.handle(), sceneState());
    dispatchFor (std::chrono::milliseconds (1500));
    CHECK (plugin.width() == desk.width);
    desk.checkTyping ([&] { return documentIn (plugin.save()); },
                      [&] { return window.keysPressed (spaceKey); });
}
