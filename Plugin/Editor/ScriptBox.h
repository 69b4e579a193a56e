// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Passage/Reading.h"

namespace tableread::plugin
{
/** The script's editor: a stripe in the speaker's colour next to each line, and the line that sounds is lit. */
class ScriptBox : public juce::Component
{
public:
    ScriptBox();

    std::function<void()> onTextChange;

    std::string text() const { return editor.getText().toStdString(); }

    /** Shows another text without calling onTextChange. */
    void setText (const std::string& utf8);

    /** How the text was understood. */
    void show (const Reading& reading);

    /** The passage that sounds now. */
    void light (std::optional<std::size_t> passage);

    void resized() override;
    void paintOverChildren (juce::Graphics& g) override;

private:
    struct Mark
    {
        std::size_t passage = 0;
        int speaker = 0;
        juce::Range<int> characters;
        juce::Range<int> pixels; // from the top of the text
    };

    void measure();
    int textTop() const;

    juce::TextEditor editor;
    std::vector<Mark> marks;
    std::optional<std::size_t> lit;
    int shownTop = 0;
};
} // namespace tableread::plugin
