// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Engine/PanelText.h"

namespace tableread::plugin
{
/** A sentence of ours, which is UTF-8. */
inline juce::String juceText (const std::string& text)
{
    return juce::String::fromUTF8 (text.c_str());
}

/** Of a text that a label wraps, in pixels. */
int heightOfText (const juce::String& text, const juce::Font& font, int width);

/** A table of two columns: names, and values of as many lines as they need. Message thread. */
class EngineRows : public juce::Component
{
public:
    enum class Values
    {
        Texts,  // to the left, wrapped
        Numbers // to the right
    };

    explicit EngineRows (Values kind, int widthOfNames);

    /** @returns whether the height may be another one now. */
    bool show (const std::vector<TextRow>& rows);

    int heightFor (int width) const;
    void resized() override;

private:
    struct Row
    {
        juce::Label name, value;
    };

    int heightOf (const Row& row, int width) const;

    const Values values;
    const int nameWidth;
    std::vector<TextRow> shown;
    std::vector<std::unique_ptr<Row>> rows;
};

/** Sentences below each other, each with an icon. Message thread. */
class EngineNotes : public juce::Component
{
public:
    EngineNotes() { setInterceptsMouseClicks (false, true); }

    /** @returns whether the height may be another one now. */
    bool show (const std::vector<std::string>& sentences);

    int heightFor (int width) const;
    void resized() override;
    void paint (juce::Graphics& g) override;

private:
    std::vector<std::string> shown;
    std::vector<std::unique_ptr<juce::Label>> labels;
};
} // namespace tableread::plugin
