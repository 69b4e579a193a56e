// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Editor/PluginEditor.h"
#include "Plugin/PluginFixture.h"
#include "Plugin/StateText.h"
#include "Processor/PluginProcessor.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
/** The first component of this kind with a text in it; null: there is none. */
template <typename Kind>
Kind* partWith (juce::Component& whole, const std::function<bool (Kind&)>& isIt)
{
    for (auto* const child : whole.getChildren())
    {
        if (auto* const kind = dynamic_cast<Kind*> (child); kind != nullptr && isIt (*kind))
            return kind;
        if (auto* const inside = partWith<Kind> (*child, isIt))
            return inside;
    }
    return nullptr;
}

/** A project whose engine is this program. */
std::string projectOf (const char* program)
{
    return StateText {
        scene, 0, false,
        [=] (project::Project& source) {
            auto settings = source.document()->settings;
            settings.engine = program;
            REQUIRE (source.edit (project::SetSettings { settings }));
        }
    }.text();
}
} // namespace

TEST_CASE ("The engine panel starts the engine that the project names, however it came to that",
           "[plugin][editor][engine]")
{
    const TemporaryFolder folder;
    PluginProcessor processor (optionsIn (folder.path()));
    auto& workspace = processor.workspace;
    const std::unique_ptr<juce::AudioProcessorEditor> window (processor.createEditor());
    auto& editor = dynamic_cast<PluginEditor&> (*window);
    auto* const panel = partWith<EnginePanel> (editor, [] (auto&) { return true; });
    REQUIRE (panel != nullptr);
    const auto starts = [&] (const std::string& program) {
        workspace.settle();
        editor.refresh();
        partWith<juce::TextButton> (*panel, [] (auto& each) {
            return each.getButtonText() == "Start";
        })->onClick();
        return eventually ([&] {
            panel->refresh();
            const juce::String why (program + ": the engine that the setting names");
            return partWith<juce::Label> (
                       *panel, [&] (auto& each) { return each.getText().contains (why); }) != nullptr;
        });
    };
    CHECK (starts ("/nowhere")); // of these options
    workspace.load (projectOf ("/opened/engine"));
    CHECK (starts ("/opened/engine"));
    auto settings = workspace.document()->settings;
    settings.engine = "/chosen/engine";
    REQUIRE (workspace.edit (project::SetSettings { settings }));
    CHECK (starts ("/chosen/engine"));
    CHECK (workspace.undo());
    CHECK (starts ("/opened/engine"));
}
