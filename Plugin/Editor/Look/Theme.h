// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_gui_basics/juce_gui_basics.h>

#include "Editor/Cast/Colours.h"
#include "Editor/Keyboard/DialogFocus.h"
#include "Editor/Look/FocusRing.h"
#include "Editor/Look/Uncovered.h"

namespace tableread::plugin
{
/** The look of everything: dark, flat, one accent, a colour for each speaker (Palette.h), and one font, the bundled one, with the
    system's for what it lacks (MixedTypeface). */
class Theme : public juce::LookAndFeel_V4
{
public:
    static const juce::Colour background, panel, field, line, hover, text, dim, accent, bad, good;

    /** Speakers beyond the end of the palette reuse its colours. */
    static juce::Colour speaker (int index);
    static juce::Colour speaker (const SpeakerColour& colour); // the one that the user chose, if there is one

    static juce::Font font (float height, bool isBold = false);

    Theme();

    juce::Typeface::Ptr getTypefaceForFont (const juce::Font& font) override;
    void drawButtonBackground (juce::Graphics& g, juce::Button& button, const juce::Colour& colour,
                               bool isOver, bool isDown) override;
    juce::Font getTextButtonFont (juce::TextButton& button, int height) override;
    void drawTickBox (juce::Graphics& g, juce::Component& button, float x, float y, float width, float height,
                      bool isTicked, bool isEnabled, bool isOver, bool isDown) override;
    void drawComboBox (juce::Graphics& g, int width, int height, bool isDown, int, int, int, int,
                       juce::ComboBox& box) override;
    juce::Font getComboBoxFont (juce::ComboBox& box) override;
    void positionComboBoxText (juce::ComboBox& box, juce::Label& label) override;
    juce::Font getPopupMenuFont() override;
    void drawPopupMenuBackground (juce::Graphics& g, int width, int height) override;
    void fillTextEditorBackground (juce::Graphics& g, int width, int height,
                                   juce::TextEditor& editor) override;
    void drawTextEditorOutline (juce::Graphics& g, int width, int height, juce::TextEditor& editor) override;
    void drawScrollbar (juce::Graphics& g, juce::ScrollBar& bar, int x, int y, int width, int height,
                        bool isVertical, int thumbStart, int thumbSize, bool isOver, bool isDown) override;
    int getDefaultScrollbarWidth() override { return 10; }
    void drawProgressBar (juce::Graphics& g, juce::ProgressBar& bar, int width, int height, double progress,
                          const juce::String& text) override;
    void drawAlertBox (juce::Graphics& g, juce::AlertWindow& window, const juce::Rectangle<int>&,
                       juce::TextLayout& layout) override;
    static void paintAlert (juce::Graphics& g, juce::Rectangle<int> area, juce::MessageBoxIconType type,
                            const juce::TextLayout& layout);
    void drawFileBrowserRow (juce::Graphics& g, int width, int height, const juce::File& file,
                             const juce::String& name, juce::Image* icon, const juce::String& size,
                             const juce::String& time, bool isFolder, bool isSelected, int index,
                             juce::DirectoryContentsDisplayComponent& list) override;
    juce::Button* createFileBrowserGoUpButton() override;
    std::unique_ptr<juce::FocusOutline> createFocusOutlineForComponent (juce::Component& component) override;

private:
    void setColours();

    const juce::Typeface::Ptr regular, bold;
    FocusRings rings;
};

/** The theme of all windows, menus and dialogs of this program, and what mends JUCE's own dialogs, as long as somebody holds it:
    juce::SharedResourcePointer<SharedTheme>. A component that has another LookAndFeel keeps it. Message thread. */
class SharedTheme
{
public:
    SharedTheme() { use (theme); }
    ~SharedTheme() { use (before); }
    SharedTheme (const SharedTheme&) = delete;
    SharedTheme& operator= (const SharedTheme&) = delete;

private:
    static void use (juce::LookAndFeel& look)
    {
        juce::LookAndFeel::setDefaultLookAndFeel (&look);
        juce::Typeface::clearTypefaceCache(); // of the other one's
    }

    juce::LookAndFeel& before = juce::LookAndFeel::getDefaultLookAndFeel();
    Theme theme;
    DialogFocus dialogs;
    Uncovered uncovered;
};
} // namespace tableread::plugin
