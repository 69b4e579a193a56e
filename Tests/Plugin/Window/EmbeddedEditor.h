// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ForeignWindow.h"
#include "Plugin/StateText.h"
#include "Screen.h"

namespace tableread::test
{
inline std::string sceneState()
{
    return StateText { scene, 5, false }.text();
}

/** Shows an editor in a window of our own host, at the screen's corner. */
inline void showIn (juce::Component& window, juce::AudioProcessorEditor& editor)
{
    window.setSize (editor.getWidth(), editor.getHeight());
    window.addAndMakeVisible (editor);
    window.addToDesktop (0);
    window.setTopLeftPosition (0, 0);
    window.setVisible (true);
}

/** The editor in a window of a host that is not built on JUCE. */
struct EmbeddedEditor
{
    explicit EmbeddedEditor (const std::string& state = sceneState())
    {
        processor.workspace.load (state);
        processor.workspace.settle();
        editor.reset (processor.createEditor());
        editor->addToDesktop (
            0, reinterpret_cast<void*> (host.handle())); // NOLINT(performance-no-int-to-ptr): JUCE's
        editor->setTopLeftPosition (0, 0);
        editor->setVisible (true);
        dispatchFor (std::chrono::milliseconds (300));
    }

    ~EmbeddedEditor() { editor.reset(); }

    std::string script() const { return findShown<ScriptEditor> (*editor)->text(); }
    std::uint64_t seed() const { return processor.workspace.document()->settings.seed; }
    std::uintptr_t window() const
    {
        return reinterpret_cast<std::uintptr_t> (editor->getPeer()->getNativeHandle());
    }

    Screen screen;
    WindowJuce juce;
    ForeignWindow host { Screen::width, Screen::height };
    PluginFixture fixture;
    PluginProcessor processor { fixture.options() };
    std::unique_ptr<juce::AudioProcessorEditor> editor;
};
} // namespace tableread::test
