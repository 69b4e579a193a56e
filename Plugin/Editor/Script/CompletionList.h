// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Script/Completion.h"

namespace tableread::plugin
{
/** The names that may be meant, below the caret. It never has the keyboard: the editor hands it the keys. */
class CompletionList : public juce::Component
{
public:
    CompletionList();

    std::function<void()> onChoice; // of the row that was clicked

    /** Shown at this row of the editor, below it or above it; nothing to offer hides it. */
    void offer (std::optional<Completion> completion, juce::Rectangle<int> row);
    const std::optional<Completion>& offered() const { return current; }
    const std::string& chosen() const { return current->names[(std::size_t) selected]; }
    void step (int rows);

    void paint (juce::Graphics& g) override;
    void mouseDown (const juce::MouseEvent& event) override;

private:
    std::optional<Completion> current;
    int selected = 0;
};
} // namespace tableread::plugin
