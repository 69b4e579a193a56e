// SPDX-License-Identifier: GPL-3.0-or-later
// Writes pictures of the editor and its panels, at scale 1 and, in its smallest window, at scale 2, with the demo scene as an engine speaks it. Tests/Scripts/screenshots
// makes those of the README from them.
#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>

#include "Editor/PluginEditor.h"
#include "MessageLoop.h"
#include "Plugin/Pictures.h"
#include "Plugin/PluginFixture.h"
#include "Plugin/StateText.h"
#include "Support/VirtualDisplay.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
using playback::PartState;

namespace
{
std::string readText (const std::filesystem::path& file)
{
    std::ifstream stream (file);
    return { std::istreambuf_iterator<char> (stream), {} };
}

/** The plugin with the demo scene in a window, and an engine that it starts itself. */
class Photographer
{
public:
    explicit Photographer (const std::string& engine) : processor (optionsFor (folder.path(), engine))
    {
        processor.workspace.load (
            StateText { readText (TABLEREAD_ROOT "/Assets/demo/script.txt"), 7, false }.text());
        processor.workspace.settle();
        editor.reset (processor.createEditor());
        if (editor == nullptr)
            throw std::runtime_error ("no editor");
        editor->setSize (1100, 720);
        editor->addToDesktop (0);
        editor->setVisible (true);
        side = &part<SidePanel>();
        script = &part<ScriptEditor>();
        dispatchFor (std::chrono::milliseconds (500));
    }

    ~Photographer() { editor.reset(); }

    void take()
    {
        if (! processor.workspace.render())
            throw std::runtime_error ("the scene is not rendered");
        await ([&] { return count (PartState::Done) >= 3 && count (PartState::Rendering) >= 2; },
               "lines that grow");
        pictureOf (*editor, "editor");
        await ([&] { return count (PartState::Done) == all(); }, "the whole scene");

        const auto caret = (int) script->text().find ("Ben: You play");
        script->setHighlightedRegion ({ caret, caret });
        side->show (SidePanel::Tab::Takes);
        const auto& takes = side->takes.state().entries();
        for (const std::size_t wanted : { 2u, 3u })
        {
            click ("New take");
            await ([&] { return takes.size() == wanted && count (PartState::Done) == all(); },
                   "another take");
        }
        side->takes.select (1);
        click ("Choose");
        click ("Pin");
        await ([&] { return count (PartState::Done) == all(); }, "the chosen take");
        panels (1.0f);
        editor->setSize (PluginEditor::leastWidth, PluginEditor::leastHeight);
        panels (2.0f);
        side->show (SidePanel::Tab::Cast);
        dispatchFor (std::chrono::milliseconds (300));
        pictureOf (*editor, "editor", 2.0f);
    }

private:
    void panels (float scale)
    {
        side->show (SidePanel::Tab::Takes);
        dispatchFor (std::chrono::milliseconds (300));
        pictureOf (*side, "takes", scale);
        pictureOf (part<TimelineView>(), "timeline", scale);
        side->show (SidePanel::Tab::Engine);
        dispatchFor (std::chrono::seconds (3)); // it asks once a second
        pictureOf (*side, "engine", scale);
    }

    static Workspace::Options optionsFor (const std::filesystem::path& folder, const std::string& engine)
    {
        auto options = optionsIn (folder);
        options.stage.link.engine.search.setting = engine;
        return options;
    }

    template <typename Kind>
    Kind& part()
    {
        for (auto* const child : editor->getChildren())
            if (auto* const kind = dynamic_cast<Kind*> (child))
                return *kind;
        throw std::runtime_error ("a part of the editor is missing");
    }

    std::size_t all() { return processor.workspace.showing().view->parts.size(); }

    std::size_t count (PartState state)
    {
        const auto view = processor.workspace.showing().view;
        return (std::size_t) std::count_if (view->parts.begin(), view->parts.end(),
                                            [&] (const auto& each) { return each.state == state; });
    }

    template <typename Condition>
    static void await (Condition condition, const char* what)
    {
        if (! dispatchUntil (condition, std::chrono::minutes (2)))
            throw std::runtime_error (std::string ("waited in vain for ") + what);
        dispatchFor (std::chrono::milliseconds (200)); // until it is shown
    }

    void click (const juce::String& button)
    {
        juce::TextButton* found = nullptr;
        await (
            [&] {
                for (auto* const child : side->takes.getChildren())
                    if (auto* const each = dynamic_cast<juce::TextButton*> (child);
                        each != nullptr && each->getButtonText() == button && each->isEnabled())
                        found = each;
                return found != nullptr;
            },
            "a button of the takes");
        found->onClick();
    }

    TemporaryFolder folder;
    PluginProcessor processor;
    std::unique_ptr<juce::AudioProcessorEditor> editor;
    SidePanel* side = nullptr;
    ScriptEditor* script = nullptr;
};
} // namespace

int main (int argc, char** argv)
try
{
    if (argc != 3)
        throw std::runtime_error ("expected an engine's program, and a folder that is there");
    ::setenv ("TABLEREAD_SETTINGS", "/dev/null", 1);
    ::setenv ("TABLEREAD_PICTURES", argv[2], 1);
    const VirtualDisplay display (1400, 1000);
    const WindowJuce juce;
    Photographer (argv[1]).take();
    return 0;
}
catch (const std::exception& problem)
{
    std::cerr << "tableread-screenshots: " << problem.what() << '\n';
    return 2;
}
