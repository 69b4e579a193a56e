// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

namespace tableread::plugin
{
/** The look of everything: dark, flat, one accent, a colour for each speaker. */
class Theme : public juce::LookAndFeel_V4
{
public:
    static const juce::Colour background, panel, field, line, text, dim, accent, bad;

    /** Speakers beyond the end of the palette reuse its colours. */
    static juce::Colour speaker (int index);

    static juce::Font font (float height, bool isBold = false);

    Theme();

    void drawButtonBackground (juce::Graphics& g, juce::Button& button, const juce::Colour& colour,
                               bool isOver, bool isDown) override;
    juce::Font getTextButtonFont (juce::TextButton& button, int height) override;
    void drawComboBox (juce::Graphics& g, int width, int height, bool isDown, int, int, int, int,
                       juce::ComboBox& box) override;
    juce::Font getComboBoxFont (juce::ComboBox& box) override;
    juce::Font getPopupMenuFont() override;
    void positionComboBoxText (juce::ComboBox& box, juce::Label& label) override;
    void fillTextEditorBackground (juce::Graphics& g, int width, int height,
                                   juce::TextEditor& editor) override;
    void drawTextEditorOutline (juce::Graphics& g, int width, int height, juce::TextEditor& editor) override;
    void drawScrollbar (juce::Graphics& g, juce::ScrollBar& bar, int x, int y, int width, int height,
                        bool isVertical, int thumbStart, int thumbSize, bool isOver, bool isDown) override;
    int getDefaultScrollbarWidth() override { return 10; }
};
} // namespace tableread::plugin
